import type { ArrayNames, Element } from '../../../core/import/array-splitter.js';
import type { BulkConnection } from '../../../core/import/bulk.js';
import { raiseLastNumber } from '../../../core/import/counters.js';
import { Place } from '../../../core/import/fields.js';
import type { ImportSession, RowCounts } from '../../../core/import/run.js';
import { countsOf, Stage } from '../../../core/import/stage.js';
import { TakenNames, TakenNumbers } from '../../../core/import/taken.js';
import { Kind, System } from '../../../core/model/states.js';
import { checkReferences } from './references.js';
import { readBranch, readBuild, readBuilder, readChange, readJob, readRequest, type Numbered } from './rows.js';
import { settle, type Stages } from './settle.js';
import { ATTEMPTS, BRANCHES, BUILDERS, CHANGES, JOBS, LINKS, REQUESTS } from './tables.js';

/** The arrays of the import format (contract buildapi, section 13). */
export const ARRAYS: ArrayNames = {
  wanted: ['branches', 'builders', 'changes', 'requests', 'builds', 'jobs'],
  required: ['branches', 'requests'],
};

/** Attempts are numbered under this kind, beside the kinds of records. */
export const ATTEMPT_NUMBERS = 4;

/** One import of buildapi's data: rows are collected as they come, and written when all are there. */
export class BuildapiImportSession implements ImportSession {
  readonly #connection: BulkConnection;
  readonly #stages: Stages;
  readonly #all: readonly Stage[];
  readonly #branches = new TakenNames('name');
  readonly #builders = new Set<string>();
  readonly #changes = new TakenNumbers('changeid');
  readonly #requests = new TakenNumbers('request_id');
  readonly #builds = new TakenNumbers('build_id');
  readonly #jobs = new TakenNumbers('job_id');
  #rows = 0;

  private constructor(connection: BulkConnection, stages: Stages) {
    this.#connection = connection;
    this.#stages = stages;
    this.#all = Object.values(stages);
  }

  static async start(connection: BulkConnection): Promise<BuildapiImportSession> {
    const stages: Stages = {
      branches: await Stage.create(connection, BRANCHES),
      builders: await Stage.create(connection, BUILDERS),
      changes: await Stage.create(connection, CHANGES),
      requests: await Stage.create(connection, REQUESTS),
      links: await Stage.create(connection, LINKS),
      attempts: await Stage.create(connection, ATTEMPTS),
      jobs: await Stage.create(connection, JOBS),
    };
    return new BuildapiImportSession(connection, stages);
  }

  get rows(): number {
    return this.#rows;
  }

  get pending(): number {
    return this.#all.reduce((total, stage) => total + stage.pending, 0);
  }

  add({ key, index, value }: Element): void {
    const place = new Place(key, index);
    this.#rows += 1;
    if (key === 'branches') this.#addBranch(value, place);
    else if (key === 'builders') this.#addBuilder(value, place);
    else if (key === 'changes') this.#addNumbered(this.#stages.changes, this.#changes, readChange(value, place), place);
    else if (key === 'requests') this.#addRequest(value, place);
    else if (key === 'builds') this.#addNumbered(this.#stages.attempts, this.#builds, readBuild(value, place), place);
    else this.#addNumbered(this.#stages.jobs, this.#jobs, readJob(value, place), place);
  }

  async flush(): Promise<void> {
    for (const stage of this.#all) await stage.flush();
  }

  async finish(): Promise<readonly RowCounts[]> {
    for (const stage of this.#all) await stage.complete();
    await checkReferences(this.#connection);
    await settle(this.#connection, this.#stages);
    const raise = (kind: number, { largest }: TakenNumbers): Promise<void> =>
      raiseLastNumber(this.#connection, System.BUILDAPI, kind, largest);
    await raise(Kind.EVENT, this.#changes);
    await raise(Kind.BUILD, this.#requests);
    await raise(Kind.JOB, this.#jobs);
    await raise(ATTEMPT_NUMBERS, this.#builds);
    return this.#counts();
  }

  #counts(): Promise<RowCounts[]> {
    const { branches, requests, builders, changes, attempts, jobs } = this.#stages;
    return countsOf([branches, requests], [builders, changes, attempts, jobs]);
  }

  #addBranch(value: unknown, place: Place): void {
    const { name, row } = readBranch(value, place);
    this.#branches.take(name, place);
    this.#stages.branches.add(row, place.index);
  }

  /** A builder has nothing but its key, so saying it twice says nothing else. */
  #addBuilder(value: unknown, place: Place): void {
    const { key, row } = readBuilder(value, place);
    if (this.#builders.has(key)) return;
    this.#builders.add(key);
    this.#stages.builders.add(row, place.index);
  }

  #addRequest(value: unknown, place: Place): void {
    const request = readRequest(value, place);
    this.#addNumbered(this.#stages.requests, this.#requests, request, place);
    for (const change of request.changes) this.#stages.links.add([request.row[0] ?? null, change], place.index);
  }

  #addNumbered(stage: Stage, numbers: TakenNumbers, { number, row }: Numbered, place: Place): void {
    numbers.take(number, place);
    stage.add(row, place.index);
  }
}
