import type { IncomingMessage } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { Principal } from '../../core/auth/principal.js';
import type { DataVersion, Version } from '../../core/store/data-version.js';
import type { DialectRequest, Route } from '../dialect.js';
import { type DialectResponse, sendResponse, type WholeResponse } from '../dialect-response.js';
import { notModified } from '../entity-tag.js';
import { notedResource, noteResource } from '../legacy-resource.js';
import type { NotedResponse } from '../noted-response.js';
import { KeptAnswers, type KeptAnswer } from './kept-answers.js';
import { requestKey } from './request-key.js';
import { SeenKeys } from './seen-keys.js';

/** What an answer cache is made with. */
export interface AnswerCacheOptions {
  readonly dataVersion: DataVersion;
  /** Bytes that kept answers may take. */
  readonly room: number;
  /** Whether a peer is a proxy whose `X-Forwarded-*` count. */
  readonly trusts: (address: string | undefined) => boolean;
  /** Microseconds since 1970. */
  readonly now: () => number;
  /** Told of each request whose answer may be kept: whether it was answered from here. */
  readonly onAnswer: (outcome: 'hit' | 'miss') => void;
}

/** Hears of the exchange that makes an answer, and keeps it if it may. */
export interface AnswerKeeper {
  /** A route answers this caller. */
  admitted(route: Route, request: DialectRequest, principal: Principal): void;
  /** What is about to be sent. */
  answered(answer: DialectResponse): void;
}

/** Statuses that are kept: what there is, where it is, and that there is nothing. Never a refusal or a fault. */
const KEPT_STATUSES: ReadonlySet<number> = new Set([200, 302, 404, 410]);

/**
 * Answers of routes that read (`Route.kept`), given again as long as they are provably what the route would answer now.
 *
 * The proof: an entry has the version of the database from before its operation began to read. It is given to a request
 * only if the version, asked after the request arrived, is the same. As no version comes twice, nothing was committed
 * between the two questions, so all statements of the operation saw the rows that they would see now; and what was
 * committed before the request arrived is in the version that was asked. A commit in the middle of the operation leaves an
 * entry that no request ever gets. Everything else that the answer may depend on is in the key or keeps it out of here.
 *
 * What is asked for once is only remembered, and has its version asked when it comes again: a page that nobody polls costs
 * a hash.
 */
export class AnswerCache {
  readonly #options: AnswerCacheOptions;
  readonly #kept: KeptAnswers;
  readonly #seen = new SeenKeys();

  constructor(options: AnswerCacheOptions) {
    this.#options = options;
    this.#kept = new KeptAnswers(options.room);
  }

  /** How much is kept now. */
  get size(): { readonly bytes: number; readonly entries: number } {
    return { bytes: this.#kept.bytes, entries: this.#kept.size };
  }

  /**
   * Answers a request, or has it answered and the answer kept.
   * @param next answers; finds whom to tell in `response.locals.keeper`
   */
  handle(request: IncomingMessage, response: NotedResponse, next: () => void): void {
    const begun = performance.now();
    const key = requestKey(request, this.#options.trusts(request.socket.remoteAddress));
    if (key === undefined) return next();
    const kept = this.#kept.get(key);
    const answer = (version: Version | undefined): void => {
      if (kept !== undefined && kept.version === version && this.#isValid(kept))
        return this.#send(kept, response, begun);
      response.locals['keeper'] = this.#keeper(key, version, response);
      next();
    };
    if (kept === undefined && !this.#seen.has(key)) return answer(undefined);
    this.#askVersion(answer);
  }

  /** Undefined when the database does not tell: there is no proof then, and the request takes the ordinary way. */
  #askVersion(then: (version: Version | undefined) => void): void {
    let version: Version | Promise<Version> | undefined;
    try {
      version = this.#options.dataVersion.current();
    } catch {
      version = undefined;
    }
    if (version instanceof Promise) version.catch(() => undefined).then(then);
    else then(version);
  }

  #isValid({ validUntil }: KeptAnswer): boolean {
    return validUntil === null || this.#options.now() < validUntil;
  }

  #send({ answer, route, resource, observe }: KeptAnswer, response: NotedResponse, begun: number): void {
    this.#options.onAnswer('hit');
    response.locals['route'] = route;
    response.locals['transport'] = 'rest';
    noteResource(response, resource);
    void sendResponse(notModified(response.req.headers, answer) ?? answer, response);
    if (response.req.method === 'GET') observe?.((performance.now() - begun) / 1_000);
  }

  #keeper(key: string, version: Version | undefined, noted: NotedResponse): AnswerKeeper {
    let terms: Pick<KeptAnswer, 'validUntil' | 'observe'> | undefined;
    return {
      admitted: (route, request, { validUntil = null }) => {
        const mayKeep = typeof route.kept === 'function' ? route.kept(request) : route.kept === true;
        if (mayKeep) terms = { validUntil, observe: route.observe };
      },
      answered: (answer) => {
        if (terms === undefined || !isWhole(answer) || !KEPT_STATUSES.has(answer.status)) return;
        this.#options.onAnswer('miss');
        if (version === undefined) this.#seen.add(key);
        else this.#kept.set(key, { version, ...terms, answer, ...placeOf(noted) });
      },
    };
  }
}

/** Which route made an answer; it has been noted before there is one. */
function placeOf({ locals }: NotedResponse): Pick<KeptAnswer, 'route' | 'resource'> {
  return { route: locals['route'] as string, resource: notedResource({ locals })! };
}

function isWhole(answer: DialectResponse): answer is WholeResponse {
  const { body = '' } = answer;
  return typeof body === 'string' || body instanceof Uint8Array;
}
