import { Worker } from '../bench/processes.ts';
import type { Taken } from './gateway-process.ts';
import { LoadedGateway } from './gateway.ts';
import { READS } from './traffic.ts';
import type { TrafficOrder, TrafficResult } from './traffic-process.ts';

/** How much is offered, how long. */
export interface OverloadRunOptions {
  /** Of each round. */
  readonly seconds: number;
  /** Connections of the open loop. */
  readonly connections: number;
  /** How many times the capacity is offered. */
  readonly factor: number;
  readonly rounds: number;
  readonly settings?: Readonly<Record<string, string>>;
}

/** One round: what the gateway can do, and what it does when more is asked of it. */
export interface OverloadRound {
  /** Answers per second, closed loop. */
  readonly capacity: number;
  readonly offered: number;
  readonly overloaded: TrafficResult;
  readonly taken: Taken;
}

/** Enough to keep a gateway busy, and too few to overload it. */
const CLOSED_CONNECTIONS = 32;

/** Measures the capacity and then offers a multiple of it, in turn. */
export async function overloadRun(options: OverloadRunOptions): Promise<OverloadRound[]> {
  const { seconds, connections, factor, rounds, settings } = options;
  const gateway = await LoadedGateway.start(settings);
  const sender = new Worker(new URL('traffic-process.ts', import.meta.url));
  const { url, token } = gateway;
  const common = { url, token, requests: READS, compared: true };
  const closed: TrafficOrder = { ...common, connections: CLOSED_CONNECTIONS, loop: { kind: 'closed', seconds } };
  try {
    await sender.ask<TrafficResult>(closed);
    const measured: OverloadRound[] = [];
    for (let round = 0; round < rounds; round++) {
      const { inTime } = await sender.ask<TrafficResult>(closed);
      const capacity = inTime / seconds;
      await gateway.measure();
      const rate = capacity * factor;
      const open: TrafficOrder = { ...common, connections, loop: { kind: 'open', rate, seconds } };
      measured.push({
        capacity,
        offered: rate,
        overloaded: await sender.ask<TrafficResult>(open),
        taken: await gateway.measure(),
      });
    }
    return measured;
  } finally {
    await sender.stop();
    await gateway.stop();
  }
}
