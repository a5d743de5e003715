import type { DialectResponse, RunOperation } from '../../../server/dialect.js';
import { JSON_HEADERS, notFound } from './answers.js';
import type { Links } from './links.js';
import { type BuildFields, representBuild, representStep, type StepFields } from './represent.js';
import { isTooMuch, SLICE, slicesOf, type Weight } from './slices.js';

/** Fragment BuildHead: what tells how much there is to read of a build. */
export interface BuildHead {
  readonly id: string;
  readonly stepCount: number;
  /** Bytes of what its steps say. */
  readonly size: number;
}

/** A build to be written; in an object under its key. */
export interface BuildEntry {
  readonly head: BuildHead;
  readonly key?: string;
}

/** What the schema gives at once. */
const MAX_BUILDS = 100;

/** Steps to ask for of each build of a slice: some may have got more since they were counted. */
const STEPS_OF_BUILD = 2 * SLICE.steps;

interface WholeBuild extends BuildFields {
  readonly jobs: { readonly nodes: readonly StepFields[] };
}

interface StepPage<Step> {
  readonly node: {
    readonly jobs: {
      readonly nodes: readonly Step[];
      readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean };
    };
  } | null;
}

/** Writes builds with all their steps, read a slice at a time. */
export class BuildTexts {
  constructor(
    private readonly run: RunOperation,
    private readonly links: Links,
  ) {}

  /**
   * An answer that holds builds separated by commas: whole when they are one slice, otherwise sent as they are read.
   * Builds that have been deleted meanwhile are left out.
   * @param before text in front of the builds
   * @param after text behind them
   */
  async answer(entries: readonly BuildEntry[], before: string, after: string): Promise<DialectResponse> {
    return answerOf(around(before, this.pieces(entries), after), this.isSlice(entries));
  }

  /** The answer that is one build. @throws BuildgateError NOT_FOUND when it has been deleted meanwhile */
  async single(head: BuildHead): Promise<DialectResponse> {
    const pieces = this.pieces([{ head }]);
    const { value: first, done } = await pieces.next();
    if (done) throw notFound();
    return answerOf(around(first, pieces, ''), !isLarge({ head }));
  }

  /** Whether builds are read at once. */
  isSlice(entries: readonly BuildEntry[]): boolean {
    return sliced(entries).length <= 1 && !entries.some(isLarge);
  }

  /** The texts of builds, separated by commas. Those that have been deleted meanwhile are left out. */
  async *pieces(entries: readonly BuildEntry[]): AsyncGenerator<string, undefined> {
    let separator = '';
    for (const slice of sliced(entries)) {
      let before = separator;
      for await (const text of isLarge(slice[0]!) ? this.#large(slice[0]!) : this.#slice(slice)) {
        yield before + text;
        before = '';
        separator = ',';
      }
    }
  }

  async *#slice(entries: readonly BuildEntry[]): AsyncGenerator<string> {
    const variables = { ids: entries.map(({ head }) => head.id), steps: STEPS_OF_BUILD };
    const { nodes } = await this.run<{ nodes: readonly (WholeBuild | null)[] }>('DevmasonBuilds', variables);
    const texts = nodes.flatMap((build, index) => {
      if (build === null) return [];
      const results = build.jobs.nodes.map(representStep);
      return [keyText(entries[index]!) + JSON.stringify({ ...representBuild(build, this.links), results })];
    });
    if (texts.length > 0) yield texts.join(',');
  }

  /** A build whose steps are more than a slice. */
  async *#large(entry: BuildEntry): AsyncGenerator<string> {
    const { id } = entry.head;
    const { node } = await this.run<{ node: BuildFields | null }>('DevmasonBuildFields', { id });
    if (node === null) return;
    const text = JSON.stringify(representBuild(node, this.links));
    yield `${keyText(entry)}${text.slice(0, -1)},"results":[`;
    let separator = '';
    for await (const steps of this.#steps(id)) {
      if (steps.length === 0) continue;
      yield separator + steps.map((step) => JSON.stringify(representStep(step))).join(',');
      separator = ',';
    }
    yield ']}';
  }

  async *#steps(id: string): AsyncGenerator<readonly StepFields[]> {
    let after: string | null = null;
    for (let more = true; more;) {
      const sizes: StepPage<{ size: number }> = await this.run('DevmasonStepSizes', { id, first: SLICE.steps, after });
      more = false;
      for (const slice of slicesOf(sizes.node?.jobs.nodes ?? [], weighStep, SLICE.steps)) {
        const page: StepPage<StepFields> = await this.run('DevmasonSteps', { id, first: slice.length, after });
        if (page.node === null) return;
        const { nodes, pageInfo } = page.node.jobs;
        yield nodes;
        after = pageInfo.endCursor;
        more = pageInfo.hasNextPage;
      }
    }
  }
}

function weighBuild({ head: { stepCount, size } }: BuildEntry): Weight {
  return { steps: stepCount, bytes: size };
}

function weighStep({ size }: { readonly size: number }): Weight {
  return { steps: 1, bytes: size };
}

function isLarge(entry: BuildEntry): boolean {
  return isTooMuch(weighBuild(entry));
}

function sliced(entries: readonly BuildEntry[]): BuildEntry[][] {
  return slicesOf(entries, weighBuild, MAX_BUILDS);
}

function keyText({ key }: BuildEntry): string {
  return key === undefined ? '' : `${JSON.stringify(key)}:`;
}

async function* around(before: string, pieces: AsyncIterable<string>, after: string): AsyncGenerator<string> {
  yield before;
  yield* pieces;
  yield after;
}

/** 200 with a representation in pieces; sent as one text when they are few. */
export async function answerOf(pieces: AsyncIterable<string>, isSmall: boolean): Promise<DialectResponse> {
  return { status: 200, headers: JSON_HEADERS, body: isSmall ? await joined(pieces) : pieces };
}

async function joined(pieces: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
}
