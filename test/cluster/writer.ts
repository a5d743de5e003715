import type { Random } from '../bench/random.js';
import type { Gateways } from '../support/gateways.js';
import type { GraphqlAnswer } from '../support/server.js';

/** What an event goes through. */
export interface EventShape {
  /** Builds that are planned. */
  readonly builds: number;
  /** How many of them run. */
  readonly run: number;
  /** Whether the event is cancelled then with all its builds, or its running builds succeed. */
  readonly end: 'cancel' | 'succeed';
}

/** Changes of a whole event: made, builds planned, set in motion, ended. */
export function changesOf({ builds, run, end }: EventShape): number {
  return 1 + builds + (1 + run) + (end === 'cancel' ? 1 + builds : run);
}

const CREATE = `mutation ($key: String!) {
  freshmakerCreateEvent(input: { messageId: $key, searchKey: $key, eventTypeId: 10 }) { id legacyId } }`;
const PLAN = `mutation ($event: ID!, $builds: [FreshmakerPlannedBuild!]!) {
  freshmakerPlanBuilds(event: $event, builds: $builds) { id } }`;
const CANCEL = 'mutation ($event: String!) { freshmakerCancelEvent(legacyId: $event) { id } }';

/** A state that a gateway has said a record is in now. */
export interface Acknowledged {
  /** Global id. */
  readonly id: string;
  readonly to: 'QUEUED' | 'PLANNED' | 'RUNNING' | 'SUCCEEDED' | 'CANCELED';
}

/** How a writer is made. */
export interface WriterOptions {
  readonly gateways: Gateways;
  readonly random: Random;
  readonly token: string;
  /** Begins the keys of its events; no two writers share it. */
  readonly name: string;
  /** Told how many changes were acknowledged now. */
  readonly onAcknowledged: (changes: number) => void;
}

/** Moves events and builds, each request at a random gateway. Remembers what was acknowledged. */
export class Writer {
  readonly acknowledged: Acknowledged[] = [];
  readonly #options: WriterOptions;
  #events = 0;

  constructor(options: WriterOptions) {
    this.#options = options;
  }

  /** An event from its beginning to its end. Rejects when a request is not acknowledged. */
  async writeEvent({ builds: count, run, end }: EventShape): Promise<void> {
    const key = `${this.#options.name}-${(this.#events += 1)}`;
    const { id, legacyId } = (await this.#ask(CREATE, { key })).freshmakerCreateEvent as {
      id: string;
      legacyId: string;
    };
    this.#note([id], 'QUEUED');
    const builds = Array.from({ length: count }, (_, index) => ({ name: `image-${index}` }));
    const planned = (await this.#ask(PLAN, { event: id, builds })).freshmakerPlanBuilds as { id: string }[];
    const ids = planned.map((build) => build.id);
    this.#note(ids, 'PLANNED');
    const running = ids.slice(0, run);
    await this.#ask(`mutation { transitionEvent(id: "${id}", to: RUNNING) { id } ${moves(running, 'RUNNING')} }`, {});
    this.#note([id, ...running], 'RUNNING');
    if (end === 'cancel') {
      await this.#ask(CANCEL, { event: legacyId });
      this.#note([id, ...ids], 'CANCELED');
    } else {
      await this.#ask(`mutation { ${moves(running, 'SUCCEEDED')} }`, {});
      this.#note(running, 'SUCCEEDED');
    }
  }

  #note(ids: readonly string[], to: Acknowledged['to']): void {
    for (const id of ids) this.acknowledged.push({ id, to });
    this.#options.onAcknowledged(ids.length);
  }

  async #ask(query: string, variables: object): Promise<GraphqlAnswer['data']> {
    const { gateways, random, token } = this.#options;
    const url = await gateways.url(random.below(gateways.count));
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = (await response.json()) as GraphqlAnswer;
    if (errors) throw new Error(JSON.stringify(errors));
    return data;
  }
}

/** Fields that move builds one after the other, each in a transaction of its own. */
function moves(builds: readonly string[], to: Acknowledged['to']): string {
  return builds.map((build, index) => `b${index}: transitionBuild(id: "${build}", to: ${to}) { id }`).join(' ');
}
