import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { TestDatabase } from '../support/database.js';
import { Command, environment, GatewayProcess, preparedDatabase, run } from './gateway-process.js';

let database: TestDatabase;
let token: string;
let folder: string;

beforeEach(async () => {
  ({ database, token } = await preparedDatabase());
  folder = mkdtempSync(join(tmpdir(), 'buildgate-export-'));
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await database.drop();
});

const CREATE = `mutation ($key: String!) {
  freshmakerCreateEvent(input: { messageId: $key, searchKey: $key, eventTypeId: 10 }) { id } }`;

it('what a gateway acknowledged is exported while it runs, and after it was killed', async () => {
  const gateway = await GatewayProcess.start(environment(database));
  const file = join(folder, 'out.json');
  const exported = async (): Promise<unknown[]> => {
    const exit = await run(['export', 'freshmaker', '--output', file], environment(database));
    expect(exit).toMatchObject({ code: 0, stdout: expect.stringMatching(/^exported \d+ events? in/), stderr: '' });
    return (JSON.parse(readFileSync(file, 'utf8')) as { events: { message_id: string }[] }).events.map(
      (event) => event.message_id,
    );
  };
  await gateway.graphql(CREATE, { key: 'one' }, token);
  expect(await exported()).toEqual(['one']);
  await gateway.graphql(CREATE, { key: 'two' }, token);
  await gateway.kill();
  expect(await exported()).toEqual(['one', 'two']);
  expect(readdirSync(folder)).toEqual(['out.json']);
});

it('a reader that goes away ends the export with 1, in two lines', async () => {
  const command = new Command(['export', 'freshmaker'], environment(database));
  command.child.stdout.destroy();
  const { code, stderr } = await command.exited;
  expect([code, stderr]).toEqual([1, 'buildgate: freshmaker: write EPIPE\nWhat was written is not complete.\n']);
});

it('a wrong usage ends with 2, a database that is not there with 1', async () => {
  expect(await run(['export'], environment(database))).toMatchObject({ code: 2, stdout: '' });
  const nowhere = { ...environment(database), DATABASE_URL: `sqlite:${join(folder, 'none.db')}` };
  const { code, stdout, stderr } = await run(['export', 'freshmaker'], nowhere);
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(/^buildgate: freshmaker: There is no database at .*none\.db\.\n/);
  expect(readdirSync(folder)).toEqual([]);
});
