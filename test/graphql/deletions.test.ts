import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Principal } from '../../src/core/auth/principal.js';
import { parseGlobalId } from '../../src/core/ids.js';
import { Kind, State, System } from '../../src/core/model/states.js';
import { sql } from '../../src/core/store/sql.js';
import type { TestServer } from '../support/server.js';
import { Subscriber } from '../support/subscriber.js';
import { startWithAgent, type Agent, type Caller, type RecordKeys } from './agent.js';

const KATE: Principal = { userName: 'kate', userId: 1, admin: false, roles: new Set() };
const CHANGE = 'cursor system kind from to deleted recordId reason actor event { id } build { id name } job { id }';

let server: TestServer;
let agent: Agent;
let anonymous: Caller;
let event: RecordKeys;
let gone: RecordKeys;
let kept: RecordKeys;
const open: Subscriber[] = [];

/** Deletes a planned build as a system's verb does. */
async function deleteBuild({ id }: RecordKeys): Promise<void> {
  const recordId = parseGlobalId(id)!.id;
  await server.app.store.transact(KATE, async (transaction) => {
    await transaction.all(sql`DELETE FROM build WHERE id = ${recordId}`);
    transaction.recordDeletion({ system: System.FRESHMAKER, kind: Kind.BUILD, recordId, state: State.PLANNED });
  });
}

/** The first results of a subscription. */
async function results(field: string, count: number): Promise<any[]> {
  const subscriber = new Subscriber(server.url, `subscription { ${field} { ${CHANGE} } }`);
  open.push(subscriber);
  return (await subscriber.take(count)).map(({ data }) => Object.values(data as object)[0]);
}

beforeAll(async () => {
  ({ server, agent, anonymous } = await startWithAgent());
  event = await agent.event();
  [gone, kept] = (await agent.plan(event, ['gone', 'kept'])) as [RecordKeys, RecordKeys];
  await deleteBuild(gone);
  await agent.moveBuild(kept, 'RUNNING');
});
afterAll(async () => {
  await Promise.all(open.map((subscriber) => subscriber.close()));
  await server.close();
});

const deletion = () => ({
  cursor: expect.any(String),
  system: 'FRESHMAKER',
  kind: 'BUILD',
  from: 'PLANNED',
  to: 'PLANNED',
  deleted: true,
  recordId: gone.id,
  reason: null,
  actor: 'kate',
  event: null,
  build: null,
  job: null,
});

describe('the deletion of a record', () => {
  it('is in the log with the id of the record that is gone', async () => {
    const { stateChanges } = await anonymous.run(`{ stateChanges { totalCount nodes { ${CHANGE} } } }`);
    expect(stateChanges.totalCount).toBe(5);
    expect(stateChanges.nodes[3]).toEqual(deletion());
    expect(stateChanges.nodes.map(({ deleted }: any) => deleted)).toEqual([false, false, false, true, false]);
    expect(stateChanges.nodes.map(({ recordId }: any) => recordId)).toEqual(
      [event, gone, kept, gone, kept].map(({ id }) => id),
    );
  });

  it('takes the record out of lists and counts', async () => {
    const document = 'query ($id: ID!) { node(id: $id) { id } builds { totalCount nodes { id } } }';
    expect(await anonymous.run(document, gone)).toEqual({
      node: null,
      builds: { totalCount: 1, nodes: [{ id: kept.id }] },
    });
  });

  it('reaches stateChanged where its filter says so', async () => {
    expect((await results('stateChanged(after: "0")', 5))[3]).toEqual(deletion());
    const planned = await results('stateChanged(after: "0", filter: { from: { eq: PLANNED } })', 2);
    expect(planned.map(({ deleted, to }) => [deleted, to])).toEqual([
      [true, 'PLANNED'],
      [false, 'RUNNING'],
    ]);
  });

  it('reaches the subscription of its kind whatever the filter says', async () => {
    const changes = await results('buildStateChanged(after: "0", filter: { name: { eq: "kept" } })', 3);
    expect(changes.map(({ deleted, recordId }) => [deleted, recordId])).toEqual([
      [false, kept.id],
      [true, gone.id],
      [false, kept.id],
    ]);
    expect(changes[1]).toEqual(deletion());
  });

  it('does not reach the subscriptions of other kinds', async () => {
    await agent.moveEvent(event, 'RUNNING');
    const events = await results('eventStateChanged(after: "0")', 2);
    expect(events.map(({ kind, deleted, to }) => [kind, deleted, to])).toEqual([
      ['EVENT', false, 'QUEUED'],
      ['EVENT', false, 'RUNNING'],
    ]);
  });
});
