import { setTimeout as sleep } from 'node:timers/promises';
import { backoff, DEFAULT_PAUSES } from '../bus/backoff.js';
import type { Bus, BusMessage, Verdict } from '../bus/bus.js';
import { isActionName } from '../systems/buildapi/action-runner.js';
import { CARRY_OUT_DOCUMENT } from '../systems/buildapi/agent-document.js';

/** What an agent is made with. */
export interface BuildapiAgentOptions {
  readonly bus: Bus;
  readonly exchange: string;
  /** Queue of the agents. */
  readonly queue: string;
  /** Base URL of the gateway, without a slash at its end. */
  readonly gateway: string;
  /** Token of a user with the role `agent`; null where the gateway wants none. */
  readonly token: string | null;
  /** Told of each job that was done, or that was found completed. */
  readonly onJob: (job: FinishedJob) => void;
  /** Told of messages that are dropped, and of a gateway or broker that is tried again. */
  readonly onTrouble: (error: Error) => void;
  /** Told when the gateway refuses the token: no later attempt can do better. */
  readonly onRefused: (error: Error) => void;
}

/** A job that the agent is done with. */
export interface FinishedJob {
  readonly job: number;
  readonly action: string;
  readonly who: unknown;
  /** As in the `finished` message; null when the job was completed before, and nothing was sent. */
  readonly errors: boolean | null;
  readonly msg: string;
}

interface Outcome {
  readonly errors: boolean;
  readonly msg: string;
}

interface Answer {
  readonly data?: { readonly outcome: Outcome | null } | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

/** The gateway refuses the token. */
class AccessRefused extends Error {}

const ANSWER_MS = 60_000;
const NOT_ALLOWED = ['UNAUTHENTICATED', 'FORBIDDEN'];
/** Refusals that are about the job, which no later attempt changes. */
const NOT_DONE = ['NOT_FOUND', 'INVALID'];

/**
 * An agent of buildapi's job requests (contract buildapi, section 7): takes them from the broker one at a time, has the
 * gateway carry each out on its data, and reports what came of it. A message is acknowledged when its report was taken.
 */
export class BuildapiAgent {
  readonly #options: BuildapiAgentOptions;
  readonly #stopping = new AbortController();

  constructor(options: BuildapiAgentOptions) {
    this.#options = options;
  }

  /** @throws Error when the broker refuses the exchange or the queue */
  async start(): Promise<void> {
    const { bus, exchange, queue } = this.#options;
    await bus.consume(queue, { exchange, routingKey: 'requests' }, (message) => this.#handle(message));
  }

  /** Finishes the job at hand, unless it waits for a gateway or broker that is away: that one goes back to the queue. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#options.bus.close();
  }

  async #handle({ body: text }: BusMessage): Promise<Verdict> {
    const message = objectIn(text);
    if (!message) return this.#drop('A message that is no JSON object');
    const { action, who, body } = message;
    if (!isActionName(action)) return 'leave';
    const job = isObject(body) ? body['request_id'] : undefined;
    if (!Number.isSafeInteger(job)) return this.#drop(`A message ${action} without the number of a job`);
    try {
      const outcome = await this.#untilDone(() => this.#finish(job as number));
      this.#options.onJob({
        job: job as number,
        action,
        who,
        ...(outcome ?? { errors: null, msg: 'completed before' }),
      });
    } catch (error) {
      if (error instanceof AccessRefused) this.#options.onRefused(error);
      throw error;
    }
  }

  #drop(what: string): void {
    this.#options.onTrouble(new Error(`${what} was dropped.`));
  }

  /** Has the job carried out and says so. Done again as a whole when it fails: the gateway carries a job out once. */
  async #finish(job: number): Promise<Outcome | null> {
    const outcome = await this.#carryOut(job);
    if (!outcome) return null;
    const { bus, exchange } = this.#options;
    const body = JSON.stringify({ request_id: job, body: outcome });
    await bus.publish({ topic: 'finished', body, exchange, contentEncoding: 'utf-8' });
    return outcome;
  }

  async #carryOut(number: number): Promise<Outcome | null> {
    const { data, errors } = await this.#ask({ query: CARRY_OUT_DOCUMENT, variables: { number } });
    const [error] = errors ?? [];
    if (!error && data) return data.outcome;
    const code = error?.extensions?.code ?? '';
    const message = error?.message ?? 'no data';
    if (NOT_ALLOWED.includes(code)) throw new AccessRefused(`The gateway refuses the token: ${message}`);
    if (NOT_DONE.includes(code)) return { errors: true, msg: message };
    throw new Error(`The gateway did not carry job ${number} out: ${message}`);
  }

  async #ask(request: object): Promise<Answer> {
    const { gateway, token } = this.#options;
    const headers = { 'Content-Type': 'application/json', ...(token !== null && { Authorization: `Bearer ${token}` }) };
    const signal = AbortSignal.timeout(ANSWER_MS);
    const body = JSON.stringify(request);
    try {
      const response = await fetch(`${gateway}/graphql`, { method: 'POST', headers, body, signal, redirect: 'error' });
      return (await response.json()) as Answer;
    } catch (error) {
      const { message, cause } = error as Error;
      throw new Error(`The gateway does not answer: ${cause instanceof Error ? cause.message : message}`);
    }
  }

  /** Tries again after ever longer pauses; meanwhile the message stays unacknowledged and the next ones wait. */
  async #untilDone<Value>(work: () => Promise<Value>): Promise<Value> {
    const { signal } = this.#stopping;
    for (let failures = 0; ; failures++) {
      try {
        return await work();
      } catch (error) {
        if (error instanceof AccessRefused || signal.aborted) throw error;
        this.#options.onTrouble(error as Error);
        await sleep(backoff(failures, DEFAULT_PAUSES), undefined, { signal });
      }
    }
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function objectIn(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}
