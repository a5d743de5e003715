import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runGateway, Worker } from '../bench/processes.ts';
import type { GatewayOrder, Taken } from './gateway-process.ts';

/** Systems with sample data, in `examples`. */
const SYSTEMS = ['freshmaker', 'buildapi', 'devmason', 'rodan', 'kernelci'];
const SECRET = 'a secret of the load programs alone';

/** A gateway with the sample data of all systems, in a process and on a database of its own. */
export class LoadedGateway {
  readonly url: string;
  /** Of an administrator. */
  readonly token: string;
  readonly #worker: Worker;
  readonly #folder: string;

  private constructor(worker: Worker, folder: string, url: string, token: string) {
    this.#worker = worker;
    this.#folder = folder;
    this.url = url;
    this.token = token;
  }

  static async start(settings: Readonly<Record<string, string>> = {}): Promise<LoadedGateway> {
    const folder = mkdtempSync(join(tmpdir(), 'buildgate-load-'));
    const env = {
      DATABASE_URL: `sqlite:${join(folder, 'load.db')}`,
      BUILDGATE_SECRET: SECRET,
      BUILDGATE_RATE_LIMIT: '0',
      BUILDGATE_RATE_LIMIT_ANONYMOUS: '0',
    };
    for (const system of SYSTEMS) await runGateway(['import', system, exampleOf(system)], env);
    const token = (await runGateway(['token', 'create', 'load', '--admin'], env)).trim();
    const worker = new Worker(new URL('gateway-process.ts', import.meta.url));
    const order: GatewayOrder = { kind: 'start', env: { ...env, ...settings } };
    const { url } = await worker.ask<{ url: string }>(order);
    return new LoadedGateway(worker, folder, url, token);
  }

  /** What it takes now, after a collection. */
  measure(): Promise<Taken> {
    return this.#worker.ask({ kind: 'measure' } satisfies GatewayOrder);
  }

  async stop(): Promise<void> {
    await this.#worker.ask({ kind: 'stop' } satisfies GatewayOrder);
    await this.#worker.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function exampleOf(system: string): string {
  return fileURLToPath(new URL(`../../examples/${system}.json`, import.meta.url));
}
