import { availableParallelism } from 'node:os';
import { WebSocket } from 'ws';
import type { Bench, Contest, Measured, Row } from '../bench.ts';
import { ask } from '../load.ts';
import {
  cpuMs,
  residentMiB,
  runGateway,
  kept,
  startGateway,
  startReference,
  type Server,
  Worker,
} from '../processes.ts';
import { askGraphql, graphqlRequest } from './graphql.ts';

/** What a process of subscribers is told: to open sockets, or to wait for so many deliveries since its start. */
export type SubscriberOrder =
  | { readonly kind: 'open'; readonly url: string; readonly count: number; readonly subscription: string | null }
  | { readonly kind: 'await'; readonly count: number };

/** What it answers. */
export interface SubscriberResult {
  readonly received: number;
}

const SUBSCRIPTION =
  'subscription { stateChanged { cursor system kind from to at reason build { id legacyId name state stateReason } } }';
const BUILDS = `{ builds(filter: { system: { eq: FRESHMAKER }, state: { eq: SUCCEEDED } }, first: 100) { nodes { id } } }`;
const MOVE = 'mutation Move($id: ID!, $to: State!) { transitionBuild(id: $id, to: $to) { id } }';
/** All subscribers are at one address, and none of them signs in. */
const UNLIMITED = {
  BUILDGATE_SOCKETS_PER_ADDRESS: '0',
  BUILDGATE_SUBSCRIPTIONS_PER_CALLER: '0',
  BUILDGATE_MAX_CONNECTIONS: '1000000',
};
/** Changes that are under way before all subscribers have seen them. */
const WINDOW = 4;
const PROCESSES = Math.max(2, Math.min(4, availableParallelism() - 1));

/** Subscribers of one server, in some processes. */
class Audience {
  readonly #workers: readonly Worker[];
  readonly #each: number;
  #changes = 0;

  constructor({ subscribers, defer }: Bench) {
    this.#workers = Array.from(
      { length: PROCESSES },
      () => new Worker(new URL('../subscriber-process.ts', import.meta.url)),
    );
    for (const worker of this.#workers) defer(() => worker.stop());
    this.#each = Math.ceil(subscribers / PROCESSES);
  }

  get size(): number {
    return this.#each * PROCESSES;
  }

  async open(url: string, subscription: string | null): Promise<void> {
    await this.#tell({ kind: 'open', url: url.replace('http', 'ws'), count: this.#each, subscription });
  }

  /** Resolves when all subscribers have all changes of which this is told. */
  async see(changes: number): Promise<void> {
    this.#changes += changes;
    await this.#tell({ kind: 'await', count: this.#changes * this.#each });
  }

  async #tell(order: SubscriberOrder): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.ask(order)));
  }
}

/** Makes changes until the time is over; a round ends when all subscribers have seen all of them. */
function underLoad(bench: Bench, server: Server, audience: Audience, change: () => Promise<unknown>) {
  return async (): Promise<Measured> => {
    const cpuBefore = cpuMs(server.pid);
    const begun = performance.now();
    let changes = 0;
    do {
      for (let index = 0; index < WINDOW; index++) await change();
      await audience.see(WINDOW);
      changes += WINDOW;
    } while (performance.now() - begun < bench.seconds * 1000);
    const deliveries = changes * audience.size;
    const cpuAfter = cpuMs(server.pid);
    return {
      rate: (deliveries * 1000) / (performance.now() - begun),
      cpuMs: cpuBefore === null || cpuAfter === null ? null : (cpuAfter - cpuBefore) / deliveries,
    };
  };
}

/** Moves one build after the other to and fro. */
async function mover(gateway: Server, token: string): Promise<() => Promise<unknown>> {
  const { builds } = await askGraphql<{ builds: { nodes: { id: string }[] } }>(gateway, BUILDS);
  const ids = builds.nodes.map(({ id }) => id);
  let moved = 0;
  return async () => {
    const to = Math.floor(moved / ids.length) % 2 === 0 ? 'RUNNING' : 'SUCCEEDED';
    const request = graphqlRequest(MOVE, { id: ids[moved % ids.length], to });
    moved += 1;
    const answer = await ask(gateway, { ...request, token });
    if (answer.includes('"errors"')) throw new Error(answer);
  };
}

/** The bytes that the gateway sends a subscriber for one change. */
async function deliveredBytes(gateway: Server, change: () => Promise<unknown>): Promise<string> {
  const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  const message = new Promise<string>((resolve, reject) => {
    socket.on('error', reject);
    socket.on('open', () => socket.send('{"type":"connection_init"}'));
    socket.on('message', (data) => {
      const { type } = JSON.parse(String(data)) as { type: string };
      if (type === 'next') resolve(String(data));
      if (type === 'pong') change().catch(reject);
      if (type !== 'connection_ack') return;
      socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: SUBSCRIPTION } }));
      socket.send('{"type":"ping"}');
    });
  });
  return message.finally(() => socket.close());
}

function memory(server: Server, before: number | null, count: number): string {
  const now = residentMiB(server.pid);
  if (now === null || before === null) return 'unknown';
  return `${now} MiB, ${before} MiB before, ${(((now - before) * 1024) / count).toFixed(1)} KiB for each`;
}

async function prepare(bench: Bench): Promise<Contest> {
  const env = { DATABASE_URL: `sqlite:${await bench.data.sqlite()}` };
  const token = (await runGateway(['token', 'create', 'bench', '--admin'], env)).trim();
  const ours = await kept(bench, startGateway(env.DATABASE_URL, UNLIMITED));
  const reference = await kept(bench, startReference('ws-broadcast.ts'));
  const change = await mover(ours, token);
  const message = await deliveredBytes(ours, change);
  const broadcast = (): Promise<unknown> => ask(reference, { method: 'POST', path: '/', body: message });
  const memoryBefore = [ours, reference].map(({ pid }) => residentMiB(pid));
  const [audience, otherAudience] = [new Audience(bench), new Audience(bench)];
  await audience.open(`${ours.url}/graphql`, SUBSCRIPTION);
  await otherAudience.open(reference.url, null);
  const rounds = [
    underLoad(bench, ours, audience, change),
    underLoad(bench, reference, otherAudience, broadcast),
  ] as const;
  return {
    ours: rounds[0],
    reference: rounds[1],
    facts: async () => ({
      subscribers: String(audience.size),
      'bytes of a delivery': String(message.length),
      'memory of the gateway with them': memory(ours, memoryBefore[0]!, audience.size),
      'memory of the reference with them': memory(reference, memoryBefore[1]!, audience.size),
    }),
  };
}

/** Live subscriptions. */
export const FAN_OUT_ROW: Row = {
  name: 'fan-out',
  work: 'state changes delivered to all subscribers of one process',
  reference: 'ws that broadcasts the same bytes',
  unit: 'deliveries',
  ratio: 'speed',
  goal: { floor: 0.6, aim: 0.9 },
  prepare,
};
