import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Principal } from '../../src/core/auth/principal.js';
import { globalId, parseGlobalId, recordId } from '../../src/core/ids.js';
import { System } from '../../src/core/model/states.js';
import { sql } from '../../src/core/store/sql.js';
import type { TestServer } from '../support/server.js';
import { Subscriber } from '../support/subscriber.js';
import { startWithAgent, type Agent, type Caller } from './agent.js';
import { untilOpen } from './open-subscriptions.js';

const KATE: Principal = { userName: 'kate', userId: 1, admin: false, roles: new Set() };
const FIELDS = 'at actor system change projectId project { id legacyId name }';
const OTHER = recordId(System.DEVMASON, 1);

let server: TestServer;
let agent: Agent;
let anonymous: Caller;
let web: { id: string; legacyId: string; name: string };
const open: Subscriber[] = [];

beforeAll(async () => {
  ({ server, agent, anonymous } = await startWithAgent());
});
afterAll(async () => {
  await Promise.all(open.map((subscriber) => subscriber.close()));
  await server.close();
});

function subscribe(field: string): Subscriber {
  const subscriber = new Subscriber(server.url, `subscription { ${field} }`);
  open.push(subscriber);
  return subscriber;
}

async function taken(subscriber: Subscriber, count: number): Promise<any[]> {
  return (await subscriber.take(count)).map(({ data }) => Object.values(data as object)[0]);
}

describe('projectChanged', () => {
  it('tells of a project that a worker brings along, once', async () => {
    const watcher = subscribe(`projectChanged { ${FIELDS} }`);
    await untilOpen(server.url, 1);
    await agent.plan(await agent.event(), ['web']);
    await agent.plan(await agent.event(), ['web', 'docs']);
    const changes = await taken(watcher, 2);
    ({ project: web } = await anonymous.run('{ project(system: FRESHMAKER, legacyId: "web") { id legacyId name } }'));
    const created = { at: expect.any(String), actor: 'worker', system: 'FRESHMAKER', change: 'CREATED' };
    expect(changes[0]).toEqual({ ...created, projectId: web.id, project: web });
    expect(changes[1]).toMatchObject({ ...created, project: { name: 'docs' } });
  });

  it('tells of updates and deletions, with the project as it is when delivered', async () => {
    const projectId = parseGlobalId(web.id)!.id;
    await server.app.store.transact(KATE, async (transaction) => {
      await transaction.all(sql`UPDATE project SET name = 'Web' WHERE id = ${projectId}`);
      transaction.recordProjectChange({ system: System.FRESHMAKER, projectId, change: 'UPDATED' });
      transaction.recordProjectChange({ system: System.DEVMASON, projectId: OTHER, change: 'DELETED' });
    });
    const changes = await taken(subscribe(`projectChanged(after: "0") { ${FIELDS} }`), 4);
    const now = { projectId: web.id, project: { ...web, name: 'Web' } };
    expect(changes[0]).toMatchObject({ change: 'CREATED', actor: 'worker', ...now });
    expect(changes[2]).toMatchObject({ change: 'UPDATED', actor: 'kate', ...now });
    expect(changes[3]).toEqual({
      at: expect.any(String),
      actor: 'kate',
      system: 'DEVMASON',
      change: 'DELETED',
      projectId: globalId('P', OTHER),
      project: null,
    });
  });

  it('passes one system when asked to', async () => {
    const changes = await taken(subscribe('projectChanged(system: DEVMASON, after: "0") { system change }'), 1);
    expect(changes).toEqual([{ system: 'DEVMASON', change: 'DELETED' }]);
  });

  it('goes on behind a cursor', async () => {
    const all = await taken(subscribe('projectChanged(after: "0") { cursor change project { legacyId } }'), 4);
    const [next] = await taken(subscribe(`projectChanged(after: "${all[1].cursor}") { cursor }`), 1);
    expect(next).toEqual({ cursor: all[2].cursor });
  });

  it('is the only one that tells of projects', async () => {
    const { stateChanges } = await anonymous.run('{ stateChanges { totalCount nodes { kind } } }');
    expect(stateChanges.totalCount).toBe(5);
    expect(stateChanges.nodes.map(({ kind }: any) => kind)).toEqual(['EVENT', 'BUILD', 'EVENT', 'BUILD', 'BUILD']);
    const replay = await taken(subscribe('stateChanged(after: "0") { kind }'), 5);
    expect(replay).toEqual(stateChanges.nodes);
  });
});
