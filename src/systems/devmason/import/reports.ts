import { recordId } from '../../../core/ids.js';
import { writeRows, type BulkConnection, type BulkRow } from '../../../core/import/bulk.js';
import { lastNumber, raiseLastNumber } from '../../../core/import/counters.js';
import type { Stage } from '../../../core/import/stage.js';
import { Kind, State, System } from '../../../core/model/states.js';
import type { ReadBuild } from './builds.js';
import { existingBuilds, existingSteps, hasMovedOn, refuseTwice, type ExistingBuild } from './existing.js';
import type { ReadStep } from './steps.js';
import { OUTPUTS } from './tables.js';

/** Bytes of texts that count as a row when it is said how much is queued. */
const ROW_BYTES = 16 * 1024;
/** Digits of the largest id that moves the counter of ids. */
const COUNTED_DIGITS = 15;

/** The stages of builds and what is theirs. */
export interface ReportStages {
  readonly builds: Stage;
  readonly steps: Stage;
  readonly tags: Stage;
}

interface PlacedStep {
  readonly id: number;
  readonly build: ReadBuild;
  readonly step: ReadStep;
}

/**
 * Takes builds in portions: finds out which of them and of their steps the database has, and stages them. What the steps
 * say may be long and is written to its table at once, so steps are numbered in the order of the file.
 */
export class Reports {
  readonly #connection: BulkConnection;
  readonly #stages: ReportStages;
  #queue: ReadBuild[] = [];
  #queued = 0;
  #lastStep: number;
  /** Highest id of a build that is a number within 15 digits. */
  largestId = 0;

  private constructor(connection: BulkConnection, stages: ReportStages, lastStep: number) {
    this.#connection = connection;
    this.#stages = stages;
    this.#lastStep = lastStep;
  }

  static async start(connection: BulkConnection, stages: ReportStages): Promise<Reports> {
    return new Reports(connection, stages, await lastNumber(connection, System.DEVMASON, Kind.JOB));
  }

  /** Rows queued, of which a long text counts for several. */
  get pending(): number {
    return this.#queued;
  }

  add(build: ReadBuild): void {
    this.#queue.push(build);
    this.#queued += 1 + build.steps.length + build.tags.size + Math.floor(build.size / ROW_BYTES);
    if (/^\d+$/.test(build.id) && build.id.length <= COUNTED_DIGITS) {
      this.largestId = Math.max(this.largestId, Number(build.id));
    }
  }

  async flush(): Promise<void> {
    const builds = this.#queue;
    this.#queue = [];
    this.#queued = 0;
    if (builds.length === 0) return;
    await refuseTwice(this.#connection, builds);
    const existing = await existingBuilds(this.#connection, builds);
    const taken = builds.filter((build) => !hasMovedOn(build, existing.get(build.legacyId)));
    for (const build of builds) this.#stageBuild(build, existing.get(build.legacyId));
    for (const { place, tags } of taken) for (const tag of tags) this.#stages.tags.add([tag], place.index);
    await this.#writeSteps(taken, existing);
  }

  /** Makes new steps be numbered after those of the file. */
  async raiseNumbers(): Promise<void> {
    await raiseLastNumber(this.#connection, System.DEVMASON, Kind.JOB, this.#lastStep);
  }

  #stageBuild(build: ReadBuild, existing: ExistingBuild | undefined): void {
    const kept = hasMovedOn(build, existing) ? 1 : 0;
    this.#stages.builds.add([existing?.id ?? null, System.DEVMASON, ...build.row, kept], build.place.index);
  }

  async #writeSteps(builds: readonly ReadBuild[], existing: ReadonlyMap<string, ExistingBuild>): Promise<void> {
    const known = await existingSteps(this.#connection, existing.values());
    const knownIds = new Set<number>();
    const placed = builds.flatMap((build) => {
      const ids = known.get(existing.get(build.legacyId)?.id ?? -1);
      return build.steps.map((step): PlacedStep => {
        const knownId = ids?.get(step.number);
        if (knownId !== undefined) knownIds.add(knownId);
        return { id: knownId ?? recordId(System.DEVMASON, ++this.#lastStep), build, step };
      });
    });
    const outputs = placed.map(({ id, step }): BulkRow => [id, ...step.output]);
    const written = await writeRows(this.#connection, OUTPUTS, outputs, knownIds);
    for (const { id, build, step } of placed) {
      this.#stages.steps.add(stepRow(id, build, step, written.has(id) ? 1 : 0), build.place.index);
    }
  }
}

function stepRow(id: number, { legacyId }: ReadBuild, step: ReadStep, rewritten: number): BulkRow {
  return [
    id,
    System.DEVMASON,
    `${legacyId}/${step.number}`,
    step.name,
    step.success ? State.SUCCEEDED : State.FAILED,
    step.success ? 'succeeded' : 'failed',
    step.reportedAt,
    step.started.at,
    step.finished.at,
    step.number,
    step.started.offset,
    step.finished.offset,
    step.size,
    rewritten,
  ];
}
