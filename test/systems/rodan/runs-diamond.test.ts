import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from '../../../src/core/store/sql.js';
import type { Subscriber } from '../../support/subscriber.js';
import { RunsWorld, type Diamond } from './runs-world.js';

let world: RunsWorld;
let diamond: Diamond;

beforeAll(async () => {
  world = await RunsWorld.start();
  diamond = await world.diamond();
});
afterAll(() => world.close());

const FOLLOW = `subscription ($after: String) { stateChanged(filter: { system: { eq: RODAN } }, after: $after) {
  cursor kind from to reason build { ... on RodanWorkflowRun { uuid } } job { ... on RodanRunJob { uuid } } } }`;

interface Told {
  readonly cursor: string;
  readonly kind: string;
  readonly from: string | null;
  readonly to: string;
  readonly build: { readonly uuid: string } | null;
  readonly job: { readonly uuid: string } | null;
}

function toldTo({ received }: Subscriber): Told[] {
  return received.map(({ data }) => (data as { stateChanged: Told }).stateChanged);
}

/** Works off what is offered until a run is over: claims one, finishes it, and notes which. */
async function agent(token: string, uuid: string, done: string[], stop: (done: number) => boolean): Promise<void> {
  for (let status = 1; (status === 1 || status === 11) && !stop(done.length);) {
    const claimed = await world.claim({ first: 1 }, token);
    for (const runJob of claimed) {
      await world.finish(runJob, {}, token);
      done.push(runJob);
    }
    [status] = await world.statuses(uuid);
  }
}

/** Two agents at once. */
async function bothAgents(uuid: string, stop: (done: number) => boolean = () => false): Promise<string[]> {
  const done: string[] = [];
  const { one, two } = world.tokens;
  await Promise.all([agent(one, uuid, done, stop), agent(two, uuid, done, stop)]);
  return done;
}

describe('a run that two agents work off at once', () => {
  it('is told to a subscriber who was cut off: each change from start to end exactly once, cancelled and redone', async () => {
    const head = await headOf();
    const before = world.subscribe(FOLLOW, { after: String(head) });
    const uuid = await world.startDiamond(diamond, { status: 21 });
    const { runJobs } = await world.run(uuid);
    const ids: string[] = runJobs.map((runJob: { uuid: string }) => runJob.uuid);

    // Two are done, then it is cancelled, retried, finished, and a part of it is redone.
    const first = await bothAgents(uuid, (done) => done >= 1);
    expect(new Set(first).size).toBe(first.length);
    await world.update(uuid, { status: 29 });
    expect((await world.statuses(uuid))[0]).toBe(9);
    before.terminate();
    const seen = toldTo(before);
    await world.update(uuid, { status: 31 });
    const rest = await bothAgents(uuid);
    expect([...first, ...rest].toSorted()).toEqual(ids.toSorted());
    expect(await world.statuses(uuid)).toEqual([4, [4, 4, 4, 4]]);
    const after = world.subscribe(FOLLOW, { after: seen.at(-1)?.cursor ?? String(head) });
    await world.update(uuid, { lastRedoneRunJobTree: ids[1] });
    const redone = await bothAgents(uuid);
    expect(redone.toSorted()).toEqual([ids[1], ids[3]].toSorted());

    const logged = await changesAfter(head);
    await after.take(logged.length - seen.length);
    const told = [...seen, ...toldTo(after)];
    expect(told.map(({ cursor }) => Number(cursor))).toEqual(logged);
    expect(toldOf(told, uuid)).toEqual([
      'null QUEUED',
      'QUEUED RUNNING',
      'RUNNING RUNNING',
      'RUNNING CANCELED',
      'CANCELED QUEUED',
      'QUEUED RUNNING',
      'RUNNING SUCCEEDED',
      'SUCCEEDED QUEUED',
      'QUEUED RUNNING',
      'RUNNING SUCCEEDED',
    ]);
    const plain = ['null PLANNED', 'PLANNED RUNNING', 'RUNNING SUCCEEDED'];
    expect(toldOf(told, ids[0]!)).toEqual(plain);
    for (const id of ids) expectUnbroken(toldOf(told, id));
    expect(toldOf(told, ids[1]!).slice(-3)).toEqual(['SUCCEEDED PLANNED', 'PLANNED RUNNING', 'RUNNING SUCCEEDED']);
  });

  it('leaves none scheduled and no run unfinished, however the agents meet', async () => {
    for (let round = 0; round < 5; round++) {
      const runs = await Promise.all([world.startDiamond(diamond), world.startDiamond(diamond)]);
      const done = await Promise.all(runs.map((uuid) => bothAgents(uuid)));
      for (const uuid of runs) expect(await world.statuses(uuid)).toEqual([4, [4, 4, 4, 4]]);
      expect(new Set(done.flat()).size).toBe(8);
    }
  });

  it('schedules what two run jobs feed that are finished at the same time', async () => {
    for (let round = 0; round < 10; round++) {
      const uuid = await world.startDiamond(diamond);
      const [split] = await world.claim();
      await world.finish(split!);
      const [left, right] = [await world.claim({ first: 1 }), await world.claim({ first: 1 }, world.tokens.two)];
      await Promise.all([world.finish(left[0]!), world.finish(right[0]!, {}, world.tokens.two)]);
      expect(await world.statuses(uuid)).toEqual([1, [4, 4, 4, 1]]);
      await world.workOff();
      expect((await world.statuses(uuid))[0]).toBe(4);
    }
  });

  it('gives no run job to two agents that claim at once', async () => {
    const runs = await Promise.all(Array.from({ length: 12 }, () => world.startDiamond(diamond)));
    const { one, two } = world.tokens;
    const claims = await Promise.all(
      Array.from({ length: 24 }, (_, index) => world.claim({ first: 1 }, index % 2 === 0 ? one : two)),
    );
    const claimed = claims.flat();
    expect(claimed).toHaveLength(runs.length);
    expect(new Set(claimed).size).toBe(runs.length);
  });
});

function expectUnbroken(changes: readonly string[]): void {
  const steps = changes.map((change) => change.split(' '));
  expect(steps.map(([from]) => from)).toEqual(['null', ...steps.slice(0, -1).map(([, to]) => to)]);
}

/** What was told of a run or run job. */
function toldOf(told: readonly Told[], uuid: string): string[] {
  return told
    .filter(({ build, job }) => build?.uuid === uuid || job?.uuid === uuid)
    .map(({ from, to }) => `${from} ${to}`);
}

async function headOf(): Promise<number> {
  const [row] = await world.server.app.store.reader.all<{ sequence: number }>(
    sql`SELECT sequence FROM change_log_head`,
  );
  return row!.sequence;
}

async function changesAfter(sequence: number): Promise<number[]> {
  const rows = await world.server.app.store.reader.all<{ sequence: number }>(
    sql`SELECT sequence FROM change_log WHERE sequence > ${sequence} AND kind <> 0 ORDER BY sequence`,
  );
  return rows.map((row) => row.sequence);
}
