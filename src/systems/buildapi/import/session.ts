import type { ArrayNames, Element } from '../../../core/import/array-splitter.js';
import type { BulkConnection } from '../../../core/import/bulk.js';
import { raiseLastNumber } from '../../../core/import/counters.js';
import { Place, refuseRow, shown } from '../../../core/import/fields.js';
import { IdMap } from '../../../core/import/id-map.js';
import type { ImportSession, RowCounts } from '../../../core/import/run.js';
import { Stage } from '../../../core/import/stage.js';
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

/** Numbers of one kind: where in the file each is, and the largest. */
class Numbers {
  readonly #positions = new IdMap();
  largest = 0;

  constructor(readonly idField: string) {}

  /** @throws BuildgateError INVALID when another row has the number */
  take(number: number, place: Place): void {
    const known = this.#positions.get(number);
    if (known !== undefined) {
      throw refuseRow(place, number, `${this.idField}: ${place.key}[${known}] has the same.`, this.idField);
    }
    this.#positions.set(number, place.index);
    this.largest = Math.max(this.largest, number);
  }
}

/** One import of buildapi's data: rows are collected as they come, and written when all are there. */
export class BuildapiImportSession implements ImportSession {
  readonly #connection: BulkConnection;
  readonly #stages: Stages;
  readonly #all: readonly Stage[];
  readonly #branches = new Map<string, number>();
  readonly #builders = new Set<string>();
  readonly #changes = new Numbers('changeid');
  readonly #requests = new Numbers('request_id');
  readonly #builds = new Numbers('build_id');
  readonly #jobs = new Numbers('job_id');
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
    const raise = (kind: number, { largest }: Numbers): Promise<void> =>
      raiseLastNumber(this.#connection, System.BUILDAPI, kind, largest);
    await raise(Kind.EVENT, this.#changes);
    await raise(Kind.BUILD, this.#requests);
    await raise(Kind.JOB, this.#jobs);
    await raise(ATTEMPT_NUMBERS, this.#builds);
    return this.#counts();
  }

  async #counts(): Promise<RowCounts[]> {
    const { branches, requests, builders, changes, attempts, jobs } = this.#stages;
    const counts: RowCounts[] = [await branches.counts(), await requests.counts()];
    for (const optional of [builders, changes, attempts, jobs]) {
      const count = await optional.counts();
      if (count.created + count.replaced + count.unchanged > 0) counts.push(count);
    }
    return counts;
  }

  #addBranch(value: unknown, place: Place): void {
    const { name, row } = readBranch(value, place);
    const known = this.#branches.get(name);
    if (known !== undefined) throw refuseRow(place, null, `name: branches[${known}] has the same, ${shown(name)}.`);
    this.#branches.set(name, place.index);
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

  #addNumbered(stage: Stage, numbers: Numbers, { number, row }: Numbered, place: Place): void {
    numbers.take(number, place);
    stage.add(row, place.index);
  }
}
