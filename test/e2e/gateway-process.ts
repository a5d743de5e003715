import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { openStore } from '../../src/app.js';
import { loadConfig } from '../../src/config.js';
import { createToken } from '../../src/core/auth/authenticator.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import type { GraphqlAnswer } from '../support/server.js';
import { withoutCost } from '../support/announced-cost.js';
import { EXPIRY_MS } from '../support/expiry.js';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** How a process ended, and all that it wrote. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The environment of a command on a database; nothing of the surroundings but the way to the programs. */
export function environment(database: TestDatabase, settings: Readonly<Record<string, string>> = {}) {
  const { config } = database;
  const url = config.kind === 'sqlite' ? `sqlite:${config.path}` : config.url;
  return { PATH: process.env.PATH ?? '', DATABASE_URL: url, PORT: '0', LOG_LEVEL: 'info', ...settings };
}

/** The compiled command line as a process. */
export class Command {
  readonly child: ChildProcessWithoutNullStreams;
  readonly exited: Promise<Exit>;
  #wake: () => void = () => undefined;
  stdout = '';
  stderr = '';

  constructor(args: readonly string[], env: Readonly<Record<string, string>>) {
    if (!existsSync(MAIN)) throw new Error('There is no dist/main.js: run npm run build:server first.');
    this.child = spawn(process.execPath, [MAIN, ...args], { env });
    for (const stream of ['stdout', 'stderr'] as const) {
      this.child[stream].setEncoding('utf8').on('data', (text: string) => {
        this[stream] += text;
        this.#wake();
      });
    }
    this.exited = once(this.child, 'close').then(([code, signal]) => {
      this.#wake();
      return { code, signal, stdout: this.stdout, stderr: this.stderr };
    });
  }

  /** Waits until a stream has shown something; rejects when the process ends before. */
  async shown(stream: 'stdout' | 'stderr', pattern: RegExp): Promise<RegExpExecArray> {
    const deadline = Date.now() + EXPIRY_MS;
    for (;;) {
      const match = pattern.exec(this[stream]);
      if (match) return match;
      if (this.child.exitCode !== null || Date.now() > deadline) {
        throw new Error(`No ${pattern}: ${this.stdout}${this.stderr}`);
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, deadline - Date.now());
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
}

/** Runs a command to its end. */
export async function run(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Exit> {
  const command = new Command(args, env);
  const timer = setTimeout(() => command.child.kill('SIGKILL'), EXPIRY_MS);
  return command.exited.finally(() => clearTimeout(timer));
}

/** A gateway that runs as a process of its own. */
export class GatewayProcess {
  private constructor(
    readonly url: string,
    private readonly command: Command,
  ) {}

  /** Starts `serve` and waits until it listens. */
  static async start(env: Readonly<Record<string, string>>): Promise<GatewayProcess> {
    const command = new Command(['serve', '--migrate'], env);
    const shown = command.shown('stdout', /^buildgate listens on (\S+)\n/m);
    shown.catch(() => command.child.kill('SIGKILL'));
    const [, url = ''] = await shown;
    return new GatewayProcess(url, command);
  }

  get exited(): Promise<Exit> {
    return this.command.exited;
  }

  /** Asks the process to end; how it did. */
  stop(): Promise<Exit> {
    this.signal('SIGTERM');
    return this.exited;
  }

  signal(name: NodeJS.Signals): void {
    this.command.child.kill(name);
  }

  /** Waits until the log has a line of this message. */
  async logged(message: string): Promise<void> {
    await this.command.shown('stderr', new RegExp(`"msg":"${message}"`));
  }

  /** Ends the process with no chance to tidy up. */
  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.exited;
  }

  async graphql(query: string, variables: object = {}, token?: string): Promise<GraphqlAnswer> {
    const headers = { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) };
    const body = JSON.stringify({ query, variables });
    const response = await fetch(`${this.url}/graphql`, { method: 'POST', headers, body });
    return withoutCost((await response.json()) as GraphqlAnswer);
  }

  /** Waits until a metric has a value; each look is a request. */
  async metric(name: string, value: number): Promise<void> {
    const deadline = Date.now() + EXPIRY_MS;
    for (;;) {
      const text = await (await fetch(`${this.url}/metrics`)).text();
      const found = Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
      if (found === value) return;
      if (Date.now() > deadline) throw new Error(`${name} is ${found}, not ${value}.`);
    }
  }
}

/** A migrated database and the token of an administrator on it. */
export async function preparedDatabase(): Promise<{ database: TestDatabase; token: string }> {
  const database = await testDatabase();
  const store = await openStore(loadConfig(environment(database)));
  const token = await createToken(store, { user: 'boss', admin: true }).finally(() => store.close());
  return { database, token };
}
