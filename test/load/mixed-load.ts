import { type Taken } from './gateway-process.ts';
import { LoadedGateway } from './gateway.ts';
import { MIXED } from './traffic.ts';
import type { TrafficOrder, TrafficResult } from './traffic-process.ts';
import type { SubscriberOrder } from '../bench/rows/fan-out.ts';
import { Worker } from '../bench/processes.ts';

/** How much traffic. */
export interface MixedLoadOptions {
  readonly subscribers: number;
  /** Of each half. */
  readonly requests: number;
  readonly connections: number;
}

/** What the traffic came to. */
export interface MixedLoad {
  /** With no client. */
  readonly before: Taken;
  /** With all subscribers, behind each half of the requests. */
  readonly halves: readonly { readonly traffic: TrafficResult; readonly taken: Taken }[];
  /** When all clients have left. */
  readonly after: Taken;
}

const SUBSCRIPTION = 'subscription { stateChanged { cursor system from to } }';
/** Before anything is measured: compilers and caches settle. */
const WARM_UP = 0.5;
const MOST_CHECKS = 200;
const CHECK_MS = 50;

/**
 * Mixed traffic of all dialects and GraphQL, beside subscribers that are told of each change, in two equal halves: what
 * grows from one to the other grows for ever.
 */
export async function mixedLoad({ subscribers, requests, connections }: MixedLoadOptions): Promise<MixedLoad> {
  const gateway = await LoadedGateway.start({ BUILDGATE_MAX_WAIT_MS: '600000' });
  const clients = new Worker(new URL('../bench/subscriber-process.ts', import.meta.url));
  const sender = new Worker(new URL('traffic-process.ts', import.meta.url));
  const send = (count: number): Promise<TrafficResult> => {
    const { url, token } = gateway;
    const loop = { kind: 'closed', count } as const;
    return sender.ask({ url, token, requests: MIXED, connections, compared: false, loop } satisfies TrafficOrder);
  };
  try {
    await send(requests * WARM_UP);
    const before = await quiet(gateway);
    const url = `${gateway.url.replace(/^http/, 'ws')}/graphql`;
    const order: SubscriberOrder = { kind: 'open', url, count: subscribers, subscription: SUBSCRIPTION };
    await clients.ask(order);
    await send(requests * WARM_UP);
    await gateway.measure();
    const halves: { traffic: TrafficResult; taken: Taken }[] = [];
    for (let half = 0; half < 2; half++) {
      const traffic = await send(requests);
      halves.push({ traffic, taken: await gateway.measure() });
    }
    await clients.stop();
    return { before, halves, after: await quiet(gateway, before.descriptors ?? 0) };
  } finally {
    await Promise.all([clients.stop(), sender.stop()]);
    await gateway.stop();
  }
}

/** What it takes when its clients have gone, which it hears of a moment later. @param descriptors that are waited for */
async function quiet(gateway: LoadedGateway, descriptors?: number): Promise<Taken> {
  for (let check = 0; ; check++) {
    const taken = await gateway.measure();
    const { descriptors: now } = taken;
    if (check === MOST_CHECKS || now === null || descriptors === undefined || now <= descriptors) return taken;
    await new Promise((resolve) => setTimeout(resolve, CHECK_MS));
  }
}
