import { readdirSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What a process holds after a forced collection. */
export interface Held {
  readonly heapMib: number;
  readonly descriptors: number;
}

let collect: (() => void) | undefined;

/** Collects what nobody holds, and tells what is left. */
export async function held(): Promise<Held> {
  setFlagsFromString('--expose-gc');
  collect ??= runInNewContext('gc') as () => void;
  for (let round = 0; round < 3; round += 1) {
    collect();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const heapMib = process.memoryUsage().heapUsed / 2 ** 20;
  // macOS has the same folder there.
  return { heapMib, descriptors: readdirSync('/dev/fd').length };
}
