import { existsSync, writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore } from '../../src/app.js';
import { registerExplain } from '../../src/cli/explain.js';
import type { Config } from '../../src/config.js';
import { UNRESTRICTED } from '../../src/core/auth/principal.js';
import { sql } from '../../src/core/store/sql.js';
import type { Explanation } from '../../src/explain/explanation.js';
import { emptyDatabase } from '../support/database.js';
import { exampleRecords } from '../support/examples.js';
import { HttpClient } from '../support/http.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { twinLinks } from '../support/twin-links.js';

let server: TestServer;
let config: Config;
beforeAll(async () => {
  server = await startTestServer({ import: exampleRecords() });
  config = { ...server.config, server: { ...server.config.server, port: server.port } };
});
afterAll(() => server.close());

/** What `buildgate explain` prints with these arguments; rejects where the command fails. */
async function explained(args: readonly string[], settings: Config = config): Promise<string> {
  let printed = '';
  const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  registerExplain(program, { config: () => settings, stdout: { write: (text) => (printed += text) } });
  await program.parseAsync(['node', 'buildgate', 'explain', ...args]);
  return printed;
}

async function asJson(...args: string[]): Promise<Explanation> {
  return JSON.parse(await explained([...args, '--json'])) as Explanation;
}

/** The text with every duration as 0. */
const timeless = (text: string): string => text.replace(/\d+\.\d{2} ms/g, '0.00 ms');

/** Its parts, those of the statements in the order of their texts: statements side by side are answered in any order. */
const partsOf = (text: string): string[] => {
  const parts = text.trimEnd().split(/\n\n(?=-- Statement )/);
  return [
    parts[0]!,
    ...parts
      .slice(1)
      .map((part) => part.replace(/(?<=^-- Statement )\d+/, 'N'))
      .sort(),
  ];
};

describe('buildgate explain', () => {
  it('shows status, operation, variables and each statement with its parameters', async () => {
    const { operations } = await asJson('/freshmaker/api/2/events/201');
    const [{ statements }] = operations as [Explanation['operations'][0]];
    expect(statements.length).toBeGreaterThan(0);
    const shown = statements.map(({ sql: text, parameters, rows }) => {
      const title = `-- Statement N/${statements.length}, ${rows} row${rows === 1 ? '' : 's'}, 0.00 ms`;
      return `${title}\n${text}\nParameters: ${JSON.stringify(parameters)}`;
    });
    const counted = `1 operation, ${statements.length} statement${statements.length === 1 ? '' : 's'}`;
    const text = timeless(await explained(['/freshmaker/api/2/events/201']));
    const head = [
      `GET /freshmaker/api/{version}/events/{id}\n200 OK: ${counted}, 0.00 ms`,
      `== FreshmakerEventMin, ${counted.slice('1 operation, '.length)}, 0.00 ms\n${operations[0]!.graphiql}`,
      operations[0]!.text.trimEnd(),
      'Variables: {\n  "legacyId": "201"\n}',
    ];
    expect(partsOf(text)).toEqual([head.join('\n\n'), ...shown.sort()]);
    expect(text.match(/(?<=^-- Statement )\d+/gm)).toEqual(statements.map((_statement, index) => String(index + 1)));
    expect(text).toContain(
      'query FreshmakerEventMin($legacyId: String!) {\n  event(system: FRESHMAKER, legacyId: $legacyId) {\n',
    );
  });

  it('prints the same as JSON, with what the statements gave', async () => {
    const { route, status, operations } = await asJson('/freshmaker/api/2/builds/?per_page=2');
    expect([route, status, operations.map(({ name }) => name)]).toEqual([
      '/freshmaker/api/{version}/builds/',
      200,
      ['FreshmakerBuilds'],
    ]);
    const [{ variables, statements }] = operations as [Explanation['operations'][0]];
    expect(variables).toEqual({
      filter: { system: { eq: 'FRESHMAKER' } },
      orderBy: [{ field: 'LEGACY_ID', direction: 'DESC' }],
      first: 2,
      offset: 0,
      withTotal: true,
    });
    for (const statement of statements) {
      expect(statement).toEqual({
        sql: expect.stringMatching(/^(SELECT|WITH) /),
        parameters: expect.any(Array),
        rows: expect.any(Number),
        ms: expect.any(Number),
      });
      const placeholders = statement.sql.match(server.app.store.dialect === 'sqlite' ? /\?/g : /\$\d+/g) ?? [];
      expect(statement.parameters).toHaveLength(placeholders.length);
    }
    // The page's two builds, by which it is seen that there are more.
    expect(statements.some(({ rows }) => rows >= 2)).toBe(true);
  });

  it.each([
    '/buildapi/self-serve/ash?format=json&date=2015-06-01',
    '/devmason/lamp-shop/tags/release',
    '/kernelci/count',
    '/rodan/projects/',
  ])('names the twins that %s links to, and the variables as they were', async (path) => {
    const reply = await new HttpClient(server.url).get(path, { token: await server.token('boss', { admin: true }) });
    const { operations, status } = await asJson(path);
    expect(status).toBe(200);
    expect(operations.map(({ graphiql }) => graphiql)).toEqual(
      String(reply.headers.link)
        .split(', ')
        .map((link) => /^<(\S+)>/.exec(link)![1]),
    );
    expect(operations.map(({ name }) => name)).toEqual(
      twinLinks(reply).map(({ operation }) => operation!.split('/')[1]),
    );
    for (const { statements, variables } of operations) expect([statements.length > 0, variables]).not.toContain(false);
  });

  it('takes URLs, virtual hosts, paths and the words of a request line', async () => {
    const route = '/freshmaker/api/{version}/event-types/{id}';
    for (const args of [
      ['/freshmaker/api/2/event-types/3'],
      ['/freshmaker/api/2/event-types/3#fragment'],
      ['GET', '/freshmaker/api/2/event-types/3'],
      ['get', `${server.url}/freshmaker/api/2/event-types/3`],
      [`http://freshmaker.localhost:${server.port}/api/2/event-types/3`],
      ['freshmaker.localhost/api/2/event-types/3'],
      ['https://ci.example.org/freshmaker/api/2/event-types/3'],
    ]) {
      expect([args, (await asJson(...args)).route]).toEqual([args, route]);
    }
  });

  it('takes addresses as they are behind the proxy of the public address', async () => {
    const { server: settings } = config;
    const behind = { ...config, server: { ...settings, publicUrl: 'https://ci.example.org/gate' } };
    const text = await explained(['https://ci.example.org/gate/freshmaker/api/2/event-types/3', '--json'], behind);
    expect((JSON.parse(text) as Explanation).operations[0]!.graphiql).toBe(
      'https://ci.example.org/gate/graphiql?operation=freshmaker/FreshmakerEventTypes',
    );
  });

  it('names no address in GraphiQL where that is switched off', async () => {
    const without = { ...config, graphql: { ...config.graphql, graphiql: false } };
    const text = await explained(['/freshmaker/api/2/event-types/3', '--json'], without);
    expect((JSON.parse(text) as Explanation).operations[0]!.graphiql).toBeNull();
  });

  it('sends headers', async () => {
    const names = async (...headers: string[]) =>
      (await asJson('/buildapi/self-serve/jobs', ...headers)).operations.length;
    expect(await names('--header', 'Accept: application/json')).toBe(1);
    const { status } = await asJson('/kernelci/job', '--header', 'Authorization: nobody');
    expect(status).toBe(403);
    expect((await asJson('/kernelci/job')).status).toBe(200);
    const token = await server.token('reader', { admin: true });
    expect((await asJson('/kernelci/job', '--header', `authorization: Bearer ${token}`)).status).toBe(200);
  });

  it('shows an answer without data, and a record that there is not', async () => {
    expect(timeless(await explained(['/kernelci/version']))).toBe(
      'GET /kernelci/version\n200 OK: 0 operations, 0 statements, 0.00 ms\n',
    );
    const { status, operations } = await asJson('/freshmaker/api/2/events/999999');
    expect([status, operations.length]).toEqual([404, 1]);
  });

  it('prints no secret', async () => {
    const boss = await server.token('boss', { admin: true });
    const { json } = await new HttpClient(server.url).get('/kernelci/token', { token: boss });
    const value = json.result[0].token as string;
    const paths = [`/kernelci/token/${value}`, `/kernelci/token?token=${value}`];
    for (const path of paths) {
      for (const more of [[], ['--json'], ['--header', `Authorization: Bearer ${boss}`]]) {
        const text = await explained([path, ...more]);
        expect(text).toContain('KernelciToken');
        expect(text).not.toContain(value);
        expect(text).not.toContain(boss);
      }
    }
    const text = await explained([paths[0]!]);
    expect(text).toContain('Variables: (not shown: a secret is among them)');
    expect(text).toContain('Parameters: (not shown: a secret is among them)');
    const { operations } = await asJson(paths[0]!);
    expect(operations.map(({ variables, graphiql }) => [variables, graphiql])).toEqual([[null, null]]);
    expect(operations[0]!.statements.map(({ parameters }) => parameters)).toEqual(
      operations[0]!.statements.map(() => null),
    );
  });

  it('shows what data hold without letting a terminal obey it', async () => {
    const text = await explained(['/freshmaker/api/2/builds/?name=%1B%5B31mred']);
    expect(text).toContain('\\u001b[31mred');
    expect(text).not.toContain('\u001B');
  });

  it('writes nothing', async () => {
    const count = async () =>
      (await server.app.store.reader.all<{ n: number }>(sql`SELECT COUNT(*) AS n FROM rodan_user`))[0]!.n;
    // The first look of an account at itself makes it a user of Rodan.
    const token = await server.token('newcomer', { admin: true });
    const before = await count();
    const asked = explained(['/rodan/auth/me/', '--header', `Authorization: Bearer ${token}`]);
    await expect(asked).rejects.toThrow('Answering this URL stores something: it is not run here.');
    expect(await count()).toBe(before);
  });
});

describe('buildgate explain refuses', () => {
  it.each([
    [
      ['/none'],
      'url: no route of a REST API answers GET here (status 404). The APIs are below /freshmaker, /buildapi, ',
    ],
    [['/freshmaker/api/9/events/'], 'url: no route of a REST API answers GET here (status 404)'],
    [['/graphql'], 'url: no route of a REST API answers GET here (status 404)'],
    [['/freshmaker/api/2/async-builds/'], 'methods of this URI: '],
    [['POST', '/freshmaker/api/2/builds/'], 'request: only GET is explained, since POST may write.'],
    [['/freshmaker/api/2/events', '201'], 'request: must be one URL, with GET in front or not. Is it quoted?'],
    [['ftp://ci.example.org/freshmaker/'], 'url: neither an http URL, nor a host name with a path, nor a path.'],
    [['/freshmaker/api/2/builds/?name=a b'], 'url: has characters that must be percent-encoded.'],
    [['/devmason/', '--header', 'Authorization'], "header: must be 'Name: value'."],
  ])('%j', async (args, message) => {
    await expect(explained(args)).rejects.toThrow(message);
  });

  it('a database that there is not, and makes none', async () => {
    const path = '/tmp/buildgate-explains-nothing/none.db';
    const nowhere: Config = { ...config, database: { kind: 'sqlite', path } };
    await expect(explained(['/kernelci/version'], nowhere)).rejects.toThrow(`There is no database at ${path}.`);
    expect(existsSync(path)).toBe(false);
  });

  it('a database that is not migrated', async () => {
    const database = await emptyDatabase();
    // An empty file is an SQLite database.
    if (database.config.kind === 'sqlite') writeFileSync(database.config.path, '');
    await expect(explained(['/kernelci/version'], { ...config, database: database.config })).rejects.toThrow(
      'The database is not migrated: run "buildgate migrate".',
    );
    await database.drop();
  });
});

it('A store that is opened for reading refuses verbs', async () => {
  const store = await openStore(config, { readOnly: true });
  await expect(store.transact(UNRESTRICTED, async () => undefined)).rejects.toThrow(
    'The database is opened for reading.',
  );
  await store.close();
});
