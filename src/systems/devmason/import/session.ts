import type { ArrayNames, Element } from '../../../core/import/array-splitter.js';
import type { BulkConnection } from '../../../core/import/bulk.js';
import { raiseLastNumber } from '../../../core/import/counters.js';
import { Place } from '../../../core/import/fields.js';
import type { ImportSession, RowCounts } from '../../../core/import/run.js';
import { countsOf, Stage } from '../../../core/import/stage.js';
import { TakenNames, TakenNumbers } from '../../../core/import/taken.js';
import { Kind, System } from '../../../core/model/states.js';
import { raw } from '../../../core/store/sql.js';
import { BUILD_ID_NUMBERS } from '../names.js';
import { readBuild } from './builds.js';
import { holdExisting } from './existing.js';
import { checkReferences } from './references.js';
import { Reports } from './reports.js';
import { readProject, readRequest, readUser } from './rows.js';
import { settle, type Stages } from './settle.js';
import { BUILDS, PROJECTS, REPOSITORIES, REQUESTS, STEPS, TAGS, USERS } from './tables.js';

/** The arrays of the import format (contract devmason, section 10). */
export const ARRAYS: ArrayNames = {
  wanted: ['users', 'projects', 'builds', 'build_requests'],
  required: [],
};

/** One import of Devmason's data: rows are collected as they come, and written when all are there. */
export class DevmasonImportSession implements ImportSession {
  readonly #connection: BulkConnection;
  readonly #stages: Stages;
  readonly #all: readonly Stage[];
  readonly #reports: Reports;
  readonly #now = Date.now() * 1000;
  readonly #usernames = new TakenNames('username');
  readonly #slugs = new TakenNames('slug');
  readonly #repositories = new Set<string>();
  readonly #requests = new TakenNumbers('id');
  #rows = 0;

  private constructor(connection: BulkConnection, stages: Stages, reports: Reports) {
    this.#connection = connection;
    this.#stages = stages;
    this.#all = Object.values(stages);
    this.#reports = reports;
  }

  static async start(connection: BulkConnection): Promise<DevmasonImportSession> {
    const stages: Stages = {
      users: await Stage.create(connection, USERS),
      projects: await Stage.create(connection, PROJECTS),
      builds: await Stage.create(connection, BUILDS),
      steps: await Stage.create(connection, STEPS),
      tags: await Stage.create(connection, TAGS),
      repositories: await Stage.create(connection, REPOSITORIES),
      requests: await Stage.create(connection, REQUESTS),
    };
    await holdExisting(connection);
    return new DevmasonImportSession(connection, stages, await Reports.start(connection, stages));
  }

  get rows(): number {
    return this.#rows;
  }

  get pending(): number {
    return this.#all.reduce((total, stage) => total + stage.pending, this.#reports.pending);
  }

  add({ key, index, value }: Element): void {
    const place = new Place(key, index);
    this.#rows += 1;
    if (key === 'users') this.#addUser(value, place);
    else if (key === 'projects') this.#addProject(value, place);
    else if (key === 'builds') this.#addBuild(value, place);
    else this.#addRequest(value, place);
  }

  async flush(): Promise<void> {
    await this.#reports.flush();
    for (const stage of this.#all) await stage.flush();
  }

  async finish(): Promise<readonly RowCounts[]> {
    // Steps and tags find their build by its place in the file.
    await this.#connection.all(raw('CREATE INDEX import_build_position ON import_build (position)'));
    for (const stage of this.#all) await stage.complete();
    await checkReferences(this.#connection);
    await settle(this.#connection, this.#stages, this.#now);
    await this.#reports.raiseNumbers();
    await raiseLastNumber(this.#connection, System.DEVMASON, Kind.EVENT, this.#requests.largest);
    await raiseLastNumber(this.#connection, System.DEVMASON, BUILD_ID_NUMBERS, this.#reports.largestId);
    return this.#counts();
  }

  #counts(): Promise<RowCounts[]> {
    const { users, projects, builds, steps, requests } = this.#stages;
    return countsOf([projects, builds, steps], [users, requests]);
  }

  #addUser(value: unknown, place: Place): void {
    const { name, password } = readUser(value, place);
    this.#usernames.take(name, place);
    this.#stages.users.add([System.DEVMASON, name, password, this.#now], place.index);
  }

  #addProject(value: unknown, place: Place): void {
    const { slug, row } = readProject(value, place);
    this.#slugs.take(slug, place);
    this.#stages.projects.add(row, place.index);
  }

  #addBuild(value: unknown, place: Place): void {
    const build = readBuild(value, place);
    this.#rows += build.steps.length;
    this.#reports.add(build);
  }

  /** Of two types that a file gives to one repository the first counts. */
  #addRequest(value: unknown, place: Place): void {
    const { number, row, repository } = readRequest(value, place);
    this.#requests.take(number, place);
    this.#stages.requests.add(row, place.index);
    if (repository === null || this.#repositories.has(repository.url)) return;
    this.#repositories.add(repository.url);
    this.#stages.repositories.add([repository.url, repository.type], place.index);
  }
}
