import { System } from '../../core/model/states.js';
import { dayOf, NO_ROUTE, OTHER_AGENTS, startOfDay, type RouteUse } from '../../core/usage/route-use.js';
import type { LegacyResource } from '../legacy-resource.js';
import { clientName } from './client-name.js';

/** Most clients that are told apart for one method of one route on one day. */
export const MOST_AGENTS = 100;
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Classes of statuses by their first digit; the client left before there was a status. */
const CLASSES = ['aborted', '1xx', '2xx', '3xx', '4xx', '5xx'] as const;

/** What one client has called of one method of one route and is not written yet. */
interface ClientUse {
  readonly userAgent: string;
  requests: number;
  clientErrors: number;
  serverErrors: number;
  firstAt: number;
  lastAt: number;
}

/** One method of one route. */
interface MethodUse {
  readonly resource: LegacyResource;
  readonly method: string;
  /** Answers of this process so far, by the first digit of the status. */
  readonly answers: number[];
  /** Clients of the day, by how they name themselves. */
  clients: Map<string, ClientUse>;
}

/** Uses of a day that is over and not written yet. */
interface PastUse {
  readonly day: number;
  readonly of: MethodUse;
  readonly client: ClientUse;
}

/** Answers of one method of one route with statuses of one class. */
export interface AnswerCount {
  readonly system: string;
  readonly method: string;
  /** The route with the prefix of its mount in front. */
  readonly route: string;
  readonly statusClass: string;
  readonly count: number;
}

/** A use that is to be written, and where it is counted. */
export interface PendingUse {
  readonly use: RouteUse;
  readonly client: ClientUse;
}

/**
 * Counts which client calls which route of the old APIs: a few look-ups for each request. What is pending stays counted
 * here until somebody says that it has been written.
 */
export class RouteTally {
  readonly #now: () => number;
  readonly #routes = new Map<LegacyResource, Map<string, MethodUse>>();
  #past: PastUse[] = [];
  #day = -1;
  #dayEnd = 0;

  /** @param now microseconds since 1970 */
  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * Counts one answer.
   * @param status null when the client left before there was one
   */
  count(resource: LegacyResource, method: string, userAgent: string | undefined, status: number | null): void {
    const at = this.#now();
    if (at >= this.#dayEnd) this.#beginDay(dayOf(at));
    const used = this.#methodUse(resource, method);
    const kind = status === null ? 0 : Math.floor(status / 100);
    used.answers[kind] = (used.answers[kind] ?? 0) + 1;
    const client = clientOf(used, userAgent ?? '', at);
    client.requests += 1;
    if (kind === 4) client.clientErrors += 1;
    else if (kind === 5) client.serverErrors += 1;
    client.lastAt = at;
  }

  /** What has been counted and not been written. */
  pending(): PendingUse[] {
    const today = [...this.#methods()].flatMap((of) =>
      [...of.clients.values()].map((client) => ({ day: this.#day, of, client })),
    );
    return [...this.#past, ...today].filter(({ client }) => client.requests > 0).map(pendingUse);
  }

  /** Takes note that uses have been written. */
  written(uses: readonly PendingUse[]): void {
    for (const { use, client } of uses) {
      client.requests -= use.requests;
      client.clientErrors -= use.clientErrors;
      client.serverErrors -= use.serverErrors;
    }
    this.#past = this.#past.filter(({ client }) => client.requests > 0);
  }

  /** All answers since the process began. */
  answers(): AnswerCount[] {
    return [...this.#methods()].flatMap(({ resource: { system, prefix, route }, method, answers }) =>
      CLASSES.map((statusClass, kind) => ({
        system,
        method,
        route: route === NO_ROUTE ? NO_ROUTE : `${prefix}${route}`,
        statusClass,
        count: answers[kind] ?? 0,
      })).filter(({ count }) => count > 0),
    );
  }

  #beginDay(day: number): void {
    for (const of of this.#methods()) {
      for (const client of of.clients.values()) {
        if (client.requests > 0) this.#past.push({ day: this.#day, of, client });
      }
      of.clients = new Map();
    }
    this.#day = day;
    this.#dayEnd = startOfDay(day + 1);
  }

  #methodUse(resource: LegacyResource, method: string): MethodUse {
    let methods = this.#routes.get(resource);
    if (methods === undefined) this.#routes.set(resource, (methods = new Map()));
    const known = methods.get(method);
    if (known !== undefined) return known;
    if (!METHODS.has(method) && method !== 'other') return this.#methodUse(resource, 'other');
    const used = { resource, method, answers: [], clients: new Map<string, ClientUse>() };
    methods.set(method, used);
    return used;
  }

  *#methods(): Generator<MethodUse, void> {
    for (const methods of this.#routes.values()) yield* methods.values();
  }
}

/** The client of a name as it was sent; one that is met as it is needs no more than this look-up. */
function clientOf({ clients }: MethodUse, sent: string, at: number): ClientUse {
  const known = clients.get(sent);
  if (known !== undefined) return known;
  const name = clientName(sent);
  const isRoom = clients.has(name) || clients.size < MOST_AGENTS;
  const userAgent = isRoom ? name : OTHER_AGENTS;
  let client = clients.get(userAgent);
  if (client === undefined) {
    client = { userAgent, requests: 0, clientErrors: 0, serverErrors: 0, firstAt: at, lastAt: at };
    clients.set(userAgent, client);
  }
  return client;
}

function pendingUse({ day, of: { resource, method }, client }: PastUse): PendingUse {
  const { system, route } = resource;
  const number = System[system.toUpperCase() as keyof typeof System];
  return { use: { day, system: number, route, method, ...client }, client };
}
