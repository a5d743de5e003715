import { spawn, type ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expiry } from './expiry.js';

const SCRIPT = fileURLToPath(new URL('../../scripts/start-cluster.mjs', import.meta.url));

interface Listening {
  readonly url: string;
  readonly pid: number;
}

/** Gateways on one database, each a process of its own that is started again when it ends. */
export class Gateways {
  readonly #script: ChildProcess;
  readonly #listening: (Listening | undefined)[];
  readonly #news = new EventEmitter();
  #log = '';

  private constructor(count: number, env: Readonly<Record<string, string>>) {
    this.#listening = Array<undefined>(count).fill(undefined);
    this.#news.setMaxListeners(0);
    this.#script = spawn(process.execPath, [SCRIPT, String(count)], { env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    this.#script.stderr!.setEncoding('utf8').on('data', (text: string) => (this.#log += text));
    createInterface({ input: this.#script.stdout! }).on('line', (line) => {
      const [, number, url, pid] = /^gateway (\d+): (\S+) \(process (\d+)\)$/.exec(line) ?? [];
      if (url === undefined) return;
      this.#listening[Number(number) - 1] = { url, pid: Number(pid) };
      this.#news.emit('listening');
    });
  }

  /** Resolves when all listen. The environment is that of `buildgate serve`. */
  static async start(count: number, env: Readonly<Record<string, string>>): Promise<Gateways> {
    const gateways = new Gateways(count, env);
    for (let index = 0; index < count; index++) await gateways.url(index);
    return gateways;
  }

  get count(): number {
    return this.#listening.length;
  }

  /** What the processes have logged. */
  get log(): string {
    return this.#log;
  }

  /** Where a gateway answers; waits for it while it is started again. */
  async url(index: number): Promise<string> {
    const signal = expiry();
    for (;;) {
      const listening = this.#listening[index];
      if (listening) return listening.url;
      if (this.#script.exitCode !== null) throw new Error(`The gateways have ended: ${this.#log}`);
      await once(this.#news, 'listening', { signal });
    }
  }

  /** Ends a gateway with no chance to tidy up. */
  kill(index: number): void {
    const listening = this.#listening[index];
    this.#listening[index] = undefined;
    if (listening) process.kill(listening.pid, 'SIGKILL');
  }

  /** Ends all; resolves when none runs. */
  async close(): Promise<void> {
    if (this.#script.exitCode !== null) return;
    const ended = once(this.#script, 'close');
    this.#script.kill('SIGTERM');
    await ended;
  }
}
