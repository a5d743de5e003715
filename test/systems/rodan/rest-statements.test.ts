import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COLLECTIONS } from '../../../src/systems/rodan/rest/collections.js';
import { RodanReader } from './rest-support.js';
import { makeWorld } from './rest-world.js';

const statements: string[] = [];
let server: RodanReader;

beforeAll(async () => {
  server = await RodanReader.start({ onStatement: (text) => void statements.push(text) });
  await makeWorld(server, 30);
});

afterAll(() => server.close());

/** Statements of a read, without what the feed reads of the log by itself. */
async function statementsOf(path: string, as: string): Promise<number> {
  statements.length = 0;
  const { status } = await server.get(path, as);
  expect([path, status]).toEqual([path, 200]);
  return statements.filter((text) => !/change_log|outbox/.test(text)).length;
}

/** Most statements of one page, those for credentials (four) and rights (two) included. */
const MOST: Readonly<Record<string, number>> = {
  projects: 12,
  workflows: 9,
  workflowjobs: 13,
  workflowjobgroups: 9,
  workflowruns: 10,
  runjobs: 11,
  jobs: 10,
  users: 8,
  connections: 25,
  outputporttypes: 7,
  outputports: 9,
  inputporttypes: 7,
  inputports: 9,
  resources: 9,
  resourcelists: 9,
  resourcetypes: 6,
  outputs: 8,
  inputs: 8,
};

describe.each(Object.keys(COLLECTIONS))('A page of %s', (list) => {
  it.each(['mia', 'sue'])('takes %s a bounded number of statements, however many rows it has', async (as) => {
    await statementsOf(`/${list}/?page_size=4`, as);
    const few = await statementsOf(`/${list}/?page_size=4`, as);
    const many = await statementsOf(`/${list}/?page_size=100`, as);
    expect(many).toBe(few);
    expect(many).toBeLessThanOrEqual(MOST[list]!);
  });

  it('that is the last one takes one count more', async () => {
    const first = await statementsOf(`/${list}/?page_size=2`, 'sue');
    expect(await statementsOf(`/${list}/?page_size=2&page=last`, 'sue')).toBeLessThanOrEqual(first + 3);
  });
});

it('A workflow on its own takes a bounded number of statements', async () => {
  const { json } = await server.get('/workflows/?page_size=100');
  const counts = new Set<number>();
  for (const { uuid } of json.results) counts.add(await statementsOf(`/workflow/${uuid}/`, 'sue'));
  expect(Math.max(...counts)).toBeLessThanOrEqual(16);
});

it.each(Object.keys(COLLECTIONS).filter((list) => list !== 'users'))(
  'A bad value of a filter of %s asks for nothing but the credentials',
  async (list) => {
    expect(await statementsOf(`/${list}/?uuid=x`, 'sue')).toBeLessThanOrEqual(4);
  },
);
