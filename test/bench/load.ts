import { Client } from 'undici';
import { isDeepStrictEqual } from 'node:util';
import type { Bench, Contest, Measured } from './bench.ts';
import { cpuMs, type Server, Worker } from './processes.ts';

/** One request of a walk. */
export interface Request {
  readonly method: 'GET' | 'POST';
  /** `{n}` stands for the number of the request in the walk, so that no two requests have one address. */
  readonly path: string;
  readonly body?: string;
  /** Of the user who asks; nobody unless given. */
  readonly token?: string;
}

/** What a load process is told. */
export interface LoadOrder {
  readonly url: string;
  readonly requests: readonly Request[];
  readonly host: string;
  /** Number of the first request. */
  readonly from: number;
  readonly connections: number;
  readonly seconds: number;
}

/** What a load process answers. */
export interface LoadResult {
  readonly answers: number;
  /** Where the next round goes on. */
  readonly next: number;
  readonly bytes: number;
  readonly seconds: number;
}

/** A server and what it is asked, in order, again from the start after the last. */
export interface Contestant {
  readonly server: Pick<Server, 'url' | 'pid'>;
  readonly requests: readonly Request[];
  /** The part of an answer that must be equal for both; the parsed body unless given. */
  readonly content?: (body: unknown) => unknown;
}

/** What is asked, how. */
export interface LoadOptions {
  readonly connections?: number;
  /** Numbers of the walk whose answers are compared first; none: they are not comparable. */
  readonly compared?: readonly number[];
}

const CONNECTIONS = 16;
/** Of all requests: what answers repeat of their own address is then the same everywhere. */
const HOST = 'builds.example';
const COMPARED = [0, 1, 7];
/** A contestant is warm when so many turns in a row were not faster than the best before them by more than `LEVEL`. */
const LEVEL_TURNS = 4;
const LEVEL = 1.03;
const MOST_WARM_UPS = 16;

/** Compares the answers of two servers and puts both under load in turn. */
export async function loadContest(
  bench: Bench,
  ours: Contestant,
  reference: Contestant,
  { connections = CONNECTIONS, compared = COMPARED }: LoadOptions = {},
): Promise<Contest> {
  for (const number of compared) await checkEqual(ours, reference, number);
  const generator = new Worker(new URL('load-process.ts', import.meta.url));
  bench.defer(() => generator.stop());
  const rounds = [ours, reference].map((contestant) => underLoad(generator, contestant, connections));
  for (const round of rounds) await warmUp(() => round(bench.seconds));
  const [one, other] = rounds.map((round) => () => round(bench.seconds));
  return { ours: one!, reference: other! };
}

/**
 * Puts a server under load until it no longer gets faster: what runs for months is compiled and cached, and a long program
 * takes longer to get there than a short one.
 */
async function warmUp(round: () => Promise<Measured>): Promise<void> {
  let best = 0;
  let level = 0;
  for (let turns = 0; turns < MOST_WARM_UPS && level < LEVEL_TURNS; turns += 1) {
    const { rate } = await round();
    level = rate > best * LEVEL ? 0 : level + 1;
    best = Math.max(best, rate);
  }
}

function underLoad(generator: Worker, { server, requests }: Contestant, connections: number) {
  let from = 0;
  return async (seconds: number): Promise<Measured> => {
    const cpuBefore = cpuMs(server.pid);
    const order: LoadOrder = { url: server.url, requests, host: HOST, from, connections, seconds };
    const result = await generator.ask<LoadResult>(order);
    from = result.next;
    const cpuAfter = cpuMs(server.pid);
    const cpu = cpuBefore === null || cpuAfter === null ? null : (cpuAfter - cpuBefore) / result.answers;
    return { rate: result.answers / result.seconds, cpuMs: cpu };
  };
}

async function checkEqual(ours: Contestant, reference: Contestant, number: number): Promise<void> {
  const [one, other] = await Promise.all([contentOf(ours, number), contentOf(reference, number)]);
  if (isDeepStrictEqual(one, other)) return;
  const [left, right] = [JSON.stringify(one), JSON.stringify(other)];
  const place = [...left].findIndex((character, index) => character !== right[index]);
  const around = (text: string): string => text.slice(Math.max(0, place - 100), place + 200);
  throw new Error(`The answers differ.\ngateway:   ...${around(left)}\nreference: ...${around(right)}`);
}

async function contentOf({ server, requests, content }: Contestant, number: number): Promise<unknown> {
  const parsed = JSON.parse(await ask(server, requests[number % requests.length]!, number)) as unknown;
  return content ? content(parsed) : parsed;
}

/** The body of one answer. */
export async function ask(server: Pick<Server, 'url'>, request: Request, number = 0): Promise<string> {
  const client = new Client(server.url);
  try {
    const { statusCode, body } = await client.request({
      method: request.method,
      path: request.path.replace('{n}', String(number)),
      headers: {
        host: HOST,
        ...(request.body !== undefined && { 'content-type': 'application/json' }),
        ...(request.token !== undefined && { authorization: `Bearer ${request.token}` }),
      },
      body: request.body ?? null,
    });
    const text = await body.text();
    if (statusCode !== 200) throw new Error(`${server.url}${request.path}: status ${statusCode}: ${text}`);
    return text;
  } finally {
    await client.close();
  }
}
