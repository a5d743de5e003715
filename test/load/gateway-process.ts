// A gateway in a process of its own that tells what it takes: a program that the others here start and ask.
import { readdirSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { answerMessages } from '../bench/processes.ts';

/** What a gateway is asked. */
export type GatewayOrder =
  | { readonly kind: 'start'; readonly env: Readonly<Record<string, string>> }
  | { readonly kind: 'measure' }
  | { readonly kind: 'stop' };

/** What it takes, after everything has been collected that nobody refers to. */
export interface Taken {
  readonly heapBytes: number;
  readonly residentBytes: number;
  /** Files and sockets; null where the system does not tell. */
  readonly descriptors: number | null;
  /** How late timers were since the last question, milliseconds. */
  readonly delayMs: { readonly p50: number; readonly p99: number; readonly max: number };
  /** Promises that were rejected while nobody listened, and lines of the log at level error. */
  readonly faults: readonly string[];
}

interface Running {
  readonly url: string;
  close(): Promise<void>;
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const delay = monitorEventLoopDelay({ resolution: 10 });
const faults: string[] = [];
let app: Running | undefined;

process.on('unhandledRejection', (reason) => void faults.push(`unhandled: ${String(reason)}`));

answerMessages<GatewayOrder, { url: string } | Taken | { stopped: true }>(async (order) => {
  if (order.kind === 'start') return { url: await start(order.env) };
  if (order.kind === 'measure') return measure();
  await app?.close();
  return { stopped: true };
});

/** The compiled program, in the parts that its command `serve` is made of. */
async function start(env: Readonly<Record<string, string>>): Promise<string> {
  const load = async <Module>(path: string): Promise<Module> =>
    (await import(new URL(`../../dist/${path}`, import.meta.url).href)) as Module;
  const { loadConfig } = await load<{ loadConfig: (env: object) => object }>('config.js');
  const { startApp } = await load<{ startApp: (config: object, parts: object) => Promise<Running> }>('app.js');
  const { createLogger } = await load<{ createLogger: (level: string, destination: object) => object }>(
    'server/request-log.js',
  );
  const logger = createLogger('error', { write: (line: string) => void faults.push(line.trim()) });
  app = await startApp(loadConfig({ PORT: '0', ...env }), { logger });
  delay.enable();
  return app.url;
}

function measure(): Taken {
  const delayMs = { p50: ms(delay.percentile(50)), p99: ms(delay.percentile(99)), max: ms(delay.max) };
  // What the first collection lets go of may hold what the second one finds.
  collect();
  collect();
  delay.reset();
  const { heapUsed, rss } = process.memoryUsage();
  return { heapBytes: heapUsed, residentBytes: rss, descriptors: descriptors(), delayMs, faults: [...faults] };
}

function ms(nanoseconds: number): number {
  return Math.round(nanoseconds / 1e5) / 10;
}

function descriptors(): number | null {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return null;
  }
}
