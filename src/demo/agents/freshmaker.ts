import { IMAGES, originalNvr } from '../data/freshmaker.js';
import { isEnded, type AgentParts, type DemoAgent } from './agent.js';

interface ImageBuild {
  readonly id: string;
  readonly state: string;
  readonly originalNvr: string | null;
  readonly dependsOnBuild: { readonly state: string } | null;
}

interface OpenEvent {
  readonly id: string;
  readonly state: string;
  readonly searchKey: string;
  readonly artifactBuilds: readonly ImageBuild[];
}

const OPEN = `query { events(filter: { system: { eq: FRESHMAKER }, state: { in: [QUEUED, RUNNING] } }, first: 10) { nodes {
  ... on FreshmakerEvent { id state searchKey artifactBuilds { id state originalNvr dependsOnBuild { state } } } } } }`;
const CREATE = `mutation ($input: FreshmakerEventInput!) { freshmakerCreateEvent(input: $input) { id } }`;
const PLAN = `mutation ($event: ID!, $builds: [FreshmakerPlannedBuild!]!) {
  freshmakerPlanBuilds(event: $event, builds: $builds) { id } }`;
const SUBMIT = `mutation ($id: ID!, $input: FreshmakerBuildUpdate!, $reason: String) {
  freshmakerSubmitBuild(id: $id, input: $input, reason: $reason) { id } }`;
const UPDATE = `mutation ($id: ID!, $input: FreshmakerBuildUpdate!) { freshmakerUpdateBuild(id: $id, input: $input) { id } }`;
const MOVE_BUILD = `mutation ($id: ID!, $to: State!, $reason: String) {
  transitionBuild(id: $id, to: $to, reason: $reason) { id } }`;
const MOVE_EVENT = `mutation ($id: ID!, $to: State!, $reason: String) {
  transitionEvent(id: $id, to: $to, reason: $reason) { id } }`;

const ERRATA_ADVISORY_STATE_CHANGED = 10;
/** So many events are worked on at once; more may be asked for by people. */
const AT_ONCE = 2;

/** Advisories come in, and their images are rebuilt in the order in which they build on each other. */
export class FreshmakerAgent implements DemoAgent {
  readonly name = 'freshmaker';
  readonly #parts: AgentParts;

  constructor(parts: AgentParts) {
    this.#parts = parts;
  }

  async step(): Promise<void> {
    const { events } = await this.#parts.agent.ask<{ events: { nodes: OpenEvent[] } }>(OPEN);
    for (const event of events.nodes) await this.#advance(event);
    if (events.nodes.length < AT_ONCE) await this.#begin();
  }

  async #begin(): Promise<void> {
    const { agent, random } = this.#parts;
    const searchKey = String(random.between(70_000, 99_999));
    await agent.ask(CREATE, {
      input: {
        messageId: `ID:demo-${searchKey}.${random.hex(16)}`,
        searchKey,
        eventTypeId: ERRATA_ADVISORY_STATE_CHANGED,
      },
    });
  }

  async #advance(event: OpenEvent): Promise<void> {
    const { agent } = this.#parts;
    const { id, state, artifactBuilds: builds, searchKey } = event;
    if (state === 'QUEUED') {
      await agent.ask(MOVE_EVENT, { id, to: 'RUNNING', reason: `Advisory ${searchKey}: Rebuilding container images.` });
    }
    if (builds.length === 0) return this.#plan(id);
    if (builds.every((build) => isEnded(build.state))) return this.#finish(event);
    for (const build of builds.filter((one) => one.state === 'RUNNING')) await this.#build(build);
    const ready = builds.filter((build) => build.state === 'PLANNED' && isReady(build));
    for (const build of ready.slice(0, 2)) await this.#submit(build);
  }

  async #plan(event: string): Promise<void> {
    const { agent, random } = this.#parts;
    const images = IMAGES.slice(0, random.between(3, IMAGES.length));
    await agent.ask(PLAN, {
      event,
      builds: images.map(({ name, base }) => ({
        name,
        originalNvr: originalNvr(random, name),
        dependsOnName: base,
        rebuildReason: base === null ? 'directly_affected' : 'dependency',
      })),
    });
  }

  async #submit({ id }: ImageBuild): Promise<void> {
    const { agent, random } = this.#parts;
    const input = { externalBuildId: random.between(1_000_000, 9_999_999) };
    await agent.ask(SUBMIT, { id, input, reason: 'Building container image in Koji.' });
  }

  /** A build takes some steps; those that build on a failed one fail with it. */
  async #build({ id, originalNvr: nvr }: ImageBuild): Promise<void> {
    const { agent, random } = this.#parts;
    if (!random.chance(0.3)) return;
    if (random.chance(0.05)) {
      await agent.ask(MOVE_BUILD, { id, to: 'FAILED', reason: 'Failed to build in Koji.' });
      return;
    }
    await agent.ask(UPDATE, { id, input: { rebuiltNvr: `${nvr}.${random.between(1, 9_999)}` } });
    await agent.ask(MOVE_BUILD, { id, to: 'SUCCEEDED', reason: 'Built successfully.' });
  }

  async #finish({ id, searchKey, artifactBuilds: builds }: OpenEvent): Promise<void> {
    const unbuilt = builds.filter(({ state }) => state !== 'SUCCEEDED').length;
    const outcome =
      unbuilt === 0
        ? `All ${builds.length} container images have been rebuilt.`
        : `${unbuilt} of ${builds.length} container images were not rebuilt.`;
    const to = unbuilt === 0 ? 'SUCCEEDED' : 'FAILED';
    await this.#parts.agent.ask(MOVE_EVENT, { id, to, reason: `Advisory ${searchKey}: ${outcome}` });
  }
}

function isReady({ dependsOnBuild: base }: ImageBuild): boolean {
  return base === null || isEnded(base.state);
}
