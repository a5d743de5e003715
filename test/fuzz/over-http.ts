import { Agent } from 'node:http';
import { SYSTEMS } from '../../src/systems/index.js';
import type { Random } from '../bench/random.js';
import { EXPIRY_MS } from '../support/expiry.js';
import { HttpClient, type Reply } from '../support/http.js';
import type { Shot } from './campaign.js';
import type { GraphqlRequest, GraphqlRequests } from './graphql-requests.js';
import { DialectRequests, oddHeader, type HttpRequest } from './http-requests.js';
import { brokenRule } from './rules.js';
import { Samples } from './samples.js';
import type { Target } from './target.js';
import { edgeValue, jsonText, mutated, spoiledBytes } from './values.js';

/** Statuses beyond 499 that the contract of a system documents, by the prefix of its mount. */
const DOCUMENTED: ReadonlyMap<string, ReadonlySet<number>> = new Map(
  SYSTEMS.map(({ dialect }) => dialect()).map(({ prefix, routes }) => [
    prefix,
    // The method that Kernel CI does not have. What is a refusal of a broker or a database that is away is none here.
    new Set(routes.flatMap(({ answers }) => Object.keys(answers).map(Number)).filter((status) => status === 501)),
  ]),
);

const NONE: ReadonlySet<number> = new Set();

/** Requests to each dialect, by the title of its system. */
export function dialectShots(target: Target): ReadonlyMap<string, Shot> {
  const send = sender(target);
  const shots = SYSTEMS.map(({ title, dialect: described }): [string, Shot] => {
    const dialect = described();
    const requests = new DialectRequests(dialect, target.callersOf(dialect), new Samples(dialect.system));
    const documented = DOCUMENTED.get(dialect.prefix) ?? NONE;
    return [title, (random) => send(requests.next(random), documented)];
  });
  return new Map(shots);
}

/** Requests to `/graphql`, by POST and GET. */
export function graphqlShot(target: Target, requests: GraphqlRequests): Shot {
  const send = sender(target);
  return (random) => {
    const request = requests.next(random);
    const isQuery = typeof request.query !== 'string' || !request.query.startsWith('mutation');
    return send(isQuery && random.chance(0.2) ? byGet(request, random, target) : byPost(request, random, target), NONE);
  };
}

function byPost(request: GraphqlRequest, random: Random, target: Target): HttpRequest {
  const odd = random.chance(0.03)
    ? random.pick([[request, request], mutated(request, random), edgeValue(random)])
    : request;
  const type = random.chance(0.03) ? random.pick(['text/plain', 'application/graphql', '']) : 'application/json';
  const body = spoiledBytes(random.chance(0.97) ? JSON.stringify(odd) : jsonText(odd, random), random);
  return { method: 'POST', target: '/graphql', headers: { ...headersOf(random, target), 'Content-Type': type }, body };
}

function byGet(request: GraphqlRequest, random: Random, target: Target): HttpRequest {
  const query = Object.entries(request).map(([name, value]) => {
    const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
    return `${name}=${encodeURIComponent(text.toWellFormed())}`;
  });
  const headers = { ...headersOf(random, target), 'Apollo-Require-Preflight': 'x' };
  return { method: 'GET', target: `/graphql?${query.join('&')}`.slice(0, 15_000), headers };
}

function headersOf(random: Random, { tokens }: Target): Record<string, string> {
  const token = random.pick(tokens);
  return {
    ...(token !== undefined && { Authorization: `Bearer ${token}` }),
    ...(random.chance(0.05) && oddHeader(random)),
  };
}

type Send = (request: HttpRequest, documented: ReadonlySet<number>) => Promise<string | undefined>;

function sender({ server, takeFaults }: Target): Send {
  const kept = new HttpClient(server.url, new Agent({ keepAlive: true, maxSockets: 8 }));
  const fresh = new HttpClient(server.url);
  return async ({ method, target, headers, body }, documented) => {
    const options = { headers, ...(body && { body }) };
    // A connection that is kept may end just when it is used again.
    const again = (): Promise<Reply> => fresh.send(method, target, options);
    const found = await answered(kept.send(method, target, options).catch(again), body).then(
      (reply) => reply && brokenRule(method, reply, documented),
      (error: unknown) => `no answer: ${String(error)}`,
    );
    const faults = takeFaults();
    if (found === undefined && faults.length === 0) return undefined;
    const fault = faults[0] && faultText(faults[0]);
    return `${fault ?? found}\n${found}\n${method} ${target}\n${JSON.stringify(headers)}\n${body?.toString().slice(0, 3_000) ?? ''}`;
  };
}

/** What a line of the log says of a fault, with where it was. */
export function faultText(line: string): string {
  const { err } = JSON.parse(line) as { err?: { message?: string; stack?: string } };
  const frames = err?.stack?.split('\n').filter((frame) => frame.includes('/src/')) ?? [];
  return `fault: ${(err?.message ?? line).slice(0, 80)} ${frames.slice(0, 3).join(' ').replaceAll(/\s+/g, ' ')}`;
}

/** The answer; undefined where the server may rightly have closed the connection while a large body was sent. */
async function answered(reply: Promise<Reply>, body: Buffer | undefined): Promise<Reply | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('hangs')), EXPIRY_MS);
  });
  try {
    return await Promise.race([reply, expired]);
  } catch (error) {
    const isCut = ['ECONNRESET', 'EPIPE'].includes((error as NodeJS.ErrnoException).code ?? '');
    if (isCut && body !== undefined && body.length > 65_536) return undefined;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
