import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as documents from '../../src/dashboard/operations/documents.js';
import type { Agent, Caller } from './agent.js';
import { startWithAgent } from './agent.js';
import type { TestServer } from '../support/server.js';

const statements: string[] = [];
let server: TestServer;
let agent: Agent;
let anonymous: Caller;

beforeAll(async () => {
  ({ server, agent, anonymous } = await startWithAgent({ onStatement: (text) => void statements.push(text) }));
  for (const name of ['bash', 'zsh', 'fish']) {
    const event = await agent.event();
    await agent.plan(event, [`${name}-container`, `${name}-image`]);
  }
});

afterAll(() => server.close());

async function statementsOf(document: object, variables: object): Promise<string[]> {
  await anonymous.run(String(document), variables);
  statements.length = 0;
  await anonymous.run(String(document), variables);
  return [...statements];
}

describe('the operations of the dashboard', () => {
  it.each([
    ['events', documents.EventListDocument, { filter: { createdAt: { isNull: false } }, first: 2 }],
    ['builds', documents.BuildListDocument, { filter: { name: { icontains: 'BASH' } }, first: 2 }],
    ['jobs', documents.JobListDocument, { first: 2 }],
  ])(
    'read a page of %s without counting, in as many statements whatever its length',
    async (_kind, document, variables) => {
      const found = await statementsOf(document, variables);
      // A search looks first how many names it finds, up to a limit; the total would be all rows.
      expect(found.filter((text) => text.includes(' AS total'))).toEqual([]);
      expect(await statementsOf(document, { ...variables, first: 50 })).toHaveLength(found.length);
      expect(found.length).toBeLessThanOrEqual(4);
    },
  );

  it.each([
    ['events', documents.EventTotalsDocument],
    ['builds', documents.BuildTotalsDocument],
    ['jobs', documents.JobTotalsDocument],
  ])('read the totals of %s from the counters', async (_kind, document) => {
    for (const variables of [{}, { system: { eq: 'FRESHMAKER' } }]) {
      const found = await statementsOf(document, variables);
      expect(found.filter((text) => !text.includes('state_count'))).toEqual([]);
      expect(found).toHaveLength(8);
    }
  });
});

describe('the charts of the dashboard', () => {
  const day = { from: '2024-01-01T00:00:00Z', to: '2024-01-02T00:00:00Z', bucket: 'HOUR' };

  it.each([
    ['events', documents.EventChartsDocument],
    ['builds', documents.BuildChartsDocument],
    ['jobs', documents.JobChartsDocument],
  ])('are read of %s in as many statements for a day as for a year', async (_kind, document) => {
    const year = { from: '2023-06-01T00:00:00Z', to: '2024-06-01T00:00:00Z', bucket: 'DAY' };
    for (const range of [day, year]) {
      const found = await statementsOf(document, { ...range, filter: { system: { eq: 'FRESHMAKER' } } });
      expect(found).toHaveLength(3);
    }
  });
});

describe('the cursor of the end of the log', () => {
  it('stands behind what this gateway has heard of, which is soon everything that was committed', async () => {
    const event = await agent.event();
    await agent.moveEvent(event, 'RUNNING');
    const query = 'query ($after: String!) { stateChanges(after: $after) { nodes { to } } }';
    const behind = async (after: string): Promise<unknown> =>
      (await anonymous.run(query, { after })).stateChanges.nodes;
    let cursor = '';
    const read = async (): Promise<unknown> => {
      cursor = (await anonymous.run('{ changeCursor }')).changeCursor;
      return behind(cursor);
    };
    await expect.poll(read).toEqual([]);
    await agent.moveEvent(event, 'FAILED');
    expect(await behind(cursor)).toEqual([{ to: 'FAILED' }]);
  });
});
