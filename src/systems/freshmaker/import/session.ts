import type { ArrayNames, Element } from '../../../core/import/array-splitter.js';
import type { BulkConnection } from '../../../core/import/bulk.js';
import { raiseLastNumber } from '../../../core/import/counters.js';
import { Place, refuseRow } from '../../../core/import/fields.js';
import { ProjectIndex } from '../../../core/import/projects.js';
import type { ImportSession, RowCounts } from '../../../core/import/run.js';
import { Kind, System } from '../../../core/model/states.js';
import { sql } from '../../../core/store/sql.js';
import { BuildWriter, unpackPlace } from './builds.js';
import { ImageWriter, RepositoryWriter } from './catalogue.js';
import { DependencyChains } from './chains.js';
import { EventWriter } from './events.js';
import { ExistingRecords } from './existing.js';
import { PermissionWriter } from './permissions.js';
import { OpenReferences } from './references.js';
import { readBuild, readEvent, type BuildItem } from './rows.js';

/** The arrays of the import format (contract freshmaker, section 12). */
export const ARRAYS: ArrayNames = {
  wanted: ['events', 'builds', 'permissions', 'repositories', 'images'],
  required: ['events'],
};

/** Most builds of a circle that a message lists. */
const SHOWN = 10;

/** One import of Freshmaker's data: rows are written as they come, references are settled at the end. */
export class FreshmakerImportSession implements ImportSession {
  readonly #connection: BulkConnection;
  readonly #events: EventWriter;
  readonly #builds: BuildWriter;
  readonly #permissions: PermissionWriter;
  readonly #repositories: RepositoryWriter;
  readonly #images: ImageWriter;
  readonly #eventDependencies = new OpenReferences();
  readonly #buildEvents = new OpenReferences();
  readonly #buildDependencies = new OpenReferences();
  readonly #chains = new DependencyChains();
  #rows = 0;

  private constructor(connection: BulkConnection, events: ExistingRecords, builds: ExistingRecords) {
    this.#connection = connection;
    this.#events = new EventWriter(connection, events);
    this.#builds = new BuildWriter(connection, builds, new ProjectIndex(connection, System.FRESHMAKER), this.#events);
    this.#permissions = new PermissionWriter(connection);
    this.#repositories = new RepositoryWriter(connection);
    this.#images = new ImageWriter(connection);
  }

  static async start(connection: BulkConnection): Promise<FreshmakerImportSession> {
    const events = await ExistingRecords.of(connection, 'event');
    const builds = await ExistingRecords.of(connection, 'build');
    return new FreshmakerImportSession(connection, events, builds);
  }

  get rows(): number {
    return this.#rows;
  }

  get pending(): number {
    return this.#events.pending + this.#builds.pending + this.#repositories.pending + this.#images.pending;
  }

  add({ key, index, value }: Element): void {
    const place = new Place(key, index);
    this.#rows += 1;
    if (key === 'events') this.#addEvent(value, place);
    else if (key === 'builds') this.#addBuild(readBuild(value, place));
    else if (key === 'permissions') this.#permissions.add(value, place);
    else if (key === 'repositories') this.#repositories.add(value, place);
    else this.#images.add(value, place);
  }

  async flush(): Promise<void> {
    await this.#events.flush();
    await this.#builds.flush();
    await this.#repositories.flush();
    await this.#images.flush();
  }

  async finish(): Promise<readonly RowCounts[]> {
    this.#events.finish();
    await this.#settleReferences();
    await this.#permissions.finish();
    await this.#spreadRequesters();
    await raiseLastNumber(this.#connection, System.FRESHMAKER, Kind.EVENT, this.#events.largest);
    await raiseLastNumber(this.#connection, System.FRESHMAKER, Kind.BUILD, this.#builds.largest);
    const optional = [this.#permissions, this.#repositories, this.#images].filter(({ tally }) => tally.total > 0);
    return [this.#events, this.#builds, ...optional].map(({ tally }) => tally.counts());
  }

  #addEvent(value: unknown, place: Place): void {
    const event = readEvent(value, place);
    this.#events.add(event);
    for (const number of event.dependsOn) this.#eventDependencies.add(event.id, number, this.#events.positions);
    for (const [index, inlined] of event.builds.entries()) {
      const build = readBuild(inlined, new Place('builds', index, place));
      if (build.eventId !== event.id) {
        throw refuseRow(build.place, build.id, `event_id: must be ${event.id}, the event that it is in.`);
      }
      this.#rows += 1;
      this.#addBuild(build);
    }
  }

  #addBuild(build: BuildItem): void {
    if (!this.#builds.add(build)) return;
    this.#buildEvents.add(build.id, build.eventId, this.#events.positions);
    if (build.dependsOnId === null) return;
    this.#buildDependencies.add(build.id, build.dependsOnId, this.#builds.places);
    this.#chains.add(build.id, build.dependsOnId);
  }

  async #settleReferences(): Promise<void> {
    const [connection, events, builds] = [this.#connection, this.#events.positions, this.#builds.places];
    const dependency = await this.#eventDependencies.resolve(connection, 'event', events);
    if (dependency.missing) {
      const { from, to } = dependency.missing;
      throw refuseRow(`events[${events.get(from)}]`, from, `depends_on_events: there is no event ${to}.`);
    }
    const { missing: event } = await this.#buildEvents.resolve(connection, 'event', events);
    if (event) throw this.#refuseBuild(event.from, `event_id: there is no event ${event.to}.`);
    const { missing: build, outside } = await this.#buildDependencies.resolve(connection, 'build', builds);
    if (build) throw this.#refuseBuild(build.from, `dep_on_id: there is no build ${build.to}.`);
    await this.#chains.follow(connection, outside);
    const circle = this.#chains.findCircle();
    if (!circle) return;
    // A circle that this import closes has at least one build of the file; the lowest of them is named.
    const member = circle.filter((number) => builds.has(number)).reduce((low, number) => Math.min(low, number));
    const start = circle.indexOf(member);
    const turned = [...circle.slice(start), ...circle.slice(0, start)];
    const way = turned.slice(0, SHOWN).join(', ') + (circle.length > SHOWN ? ', ...' : '');
    throw this.#refuseBuild(member, `dep_on_id: the build depends on itself, in the circle of builds ${way}.`);
  }

  #refuseBuild(number: number, message: string): Error {
    return refuseRow(unpackPlace(this.#builds.places.get(number) ?? 0), number, message);
  }

  /** A build's requester is its event's. Builds written after their event have it, unless one of both was replaced. */
  async #spreadRequesters(): Promise<void> {
    const settled = !this.#builds.requesterUnknown && this.#builds.tally.replaced === 0;
    if (settled && this.#events.tally.replaced === 0) return;
    await this.#connection.all(sql`UPDATE build SET requester = event.requester FROM event
      WHERE event.id = build.event_id AND build.system = ${System.FRESHMAKER}
        AND build.requester IS DISTINCT FROM event.requester`);
  }
}
