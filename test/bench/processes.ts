import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Bench } from './bench.ts';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
/** One client sends all that a server can answer. */
const NO_RATE_LIMIT = { BUILDGATE_RATE_LIMIT: '0', BUILDGATE_RATE_LIMIT_ANONYMOUS: '0' };
/** Ticks of the processor time in `/proc`, which are 10 ms on every Linux. */
const TICK_MS = 10;

/** A server that runs as a process of its own. */
export interface Server {
  readonly url: string;
  readonly pid: number;
  readonly stop: () => Promise<void>;
}

/** A server that ends with the row that started it. */
export async function kept({ defer }: Bench, starting: Promise<Server>): Promise<Server> {
  const server = await starting;
  defer(server.stop);
  return server;
}

/** The gateway as `buildgate serve` runs it, on a migrated database. */
export function startGateway(databaseUrl: string, settings: Readonly<Record<string, string>> = {}): Promise<Server> {
  return startServer([MAIN, 'serve'], {
    DATABASE_URL: databaseUrl,
    PORT: '0',
    LOG_LEVEL: 'warn',
    ...NO_RATE_LIMIT,
    ...settings,
  });
}

/** A reference of the folder beside this file, with its arguments. */
export function startReference(program: string, ...args: readonly string[]): Promise<Server> {
  return startServer([fileURLToPath(new URL(`references/${program}`, import.meta.url)), ...args], {});
}

/** Resolves when the process has told where it listens; what it writes besides goes to our standard error. */
async function startServer(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Server> {
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env.PATH, NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /listens on (\S+)/.exec(line)?.[1];
    if (url === undefined) continue;
    child.stdout.resume();
    return { url, pid: child.pid!, stop: () => ended(child, 'SIGTERM') };
  }
  throw new Error(`${args.join(' ')} ended before it listened.`);
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill(signal);
  await exit;
}

/** Runs a program to its end; what it wrote to standard output. */
export async function runProgram(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env.PATH, NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  let output = '';
  for await (const chunk of child.stdout) output += String(chunk);
  const [code] = await exit;
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}.`);
  return output;
}

/** Runs a command of the gateway's command line to its end; what it wrote. */
export function runGateway(args: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
  return runProgram([MAIN, ...args], { LOG_LEVEL: 'warn', ...env });
}

/** A program that answers each message with one message. */
export class Worker {
  readonly #child: ChildProcess;

  constructor(script: URL, args: readonly string[] = []) {
    this.#child = fork(fileURLToPath(script), [...args], { serialization: 'advanced' });
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** @throws Error when the program ends instead of answering, or answers `{ error }` */
  async ask<Answer>(message: object): Promise<Answer> {
    const gone = new AbortController();
    const exit = once(this.#child, 'exit', { signal: gone.signal }).then(() => {
      throw new Error(`${this.#child.spawnargs.join(' ')} has ended.`);
    });
    exit.catch(() => undefined);
    const answered = once(this.#child, 'message', { signal: gone.signal });
    answered.catch(() => undefined);
    this.#child.send(message);
    try {
      const [answer] = (await Promise.race([answered, exit])) as [Answer & { error?: string }];
      if (answer.error !== undefined) throw new Error(answer.error);
      return answer;
    } finally {
      gone.abort();
    }
  }

  stop(): Promise<void> {
    return ended(this.#child, 'SIGTERM');
  }
}

/** Makes this process a `Worker`: answers every message, one after the other is not required. */
export function answerMessages<Message, Answer extends object>(answer: (message: Message) => Promise<Answer>): void {
  process.on('message', (message) => {
    answer(message as Message).then(
      (value) => process.send!(value),
      (error: unknown) => process.send!({ error: error instanceof Error ? error.stack! : String(error) }),
    );
  });
}

/** Processor time that a process has used, milliseconds; null where the system does not tell. */
export function cpuMs(pid: number): number | null {
  const stat = procFile(pid, 'stat');
  if (stat === null) return null;
  // The name of the program, in parentheses, may hold spaces.
  const [utime, stime] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13);
  return (Number(utime) + Number(stime)) * TICK_MS;
}

/** Resident memory of a process, MiB; null where the system does not tell. */
export function residentMiB(pid: number): number | null {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(procFile(pid, 'status') ?? '')?.[1];
  return kilobytes === undefined ? null : Math.round(Number(kilobytes) / 1024);
}

function procFile(pid: number, name: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return null;
  }
}
