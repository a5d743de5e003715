import { writeRows, type BulkConnection, type BulkRow } from '../../../core/import/bulk.js';
import { refuseRow, type Place } from '../../../core/import/fields.js';
import { IdMap } from '../../../core/import/id-map.js';
import type { ProjectIndex } from '../../../core/import/projects.js';
import { Tally } from '../../../core/import/tally.js';
import type { EventWriter } from './events.js';
import type { ExistingRecords } from './existing.js';
import type { BuildItem } from './rows.js';
import { BUILDS } from './tables.js';

/** More inlined builds than an element of the largest size can have. */
const INLINED = 2 ** 21;

/** Where in the file a build is, as one number: negative for those in `builds`. */
function packPlace({ parent, index }: Place): number {
  return parent ? parent.index * INLINED + index : -1 - index;
}

/** The text of a packed place. */
export function unpackPlace(packed: number): string {
  if (packed < 0) return `builds[${-1 - packed}]`;
  return `events[${Math.floor(packed / INLINED)}].builds[${packed % INLINED}]`;
}

/** Writes the builds of an import. */
export class BuildWriter {
  readonly tally = new Tally('build', 'builds');
  /** Packed place in the file by number, of all builds taken. */
  readonly places = new IdMap();
  largest = 0;
  /** Whether a build was written before its event was read, so that its requester was not known. */
  requesterUnknown = false;
  readonly #connection: BulkConnection;
  readonly #existing: ExistingRecords;
  readonly #projects: ProjectIndex;
  readonly #events: EventWriter;
  /** Builds that were both inlined and in `builds`. */
  readonly #repeated = new IdMap();
  #pending: BuildItem[] = [];
  #repeats: BuildItem[] = [];

  constructor(connection: BulkConnection, existing: ExistingRecords, projects: ProjectIndex, events: EventWriter) {
    this.#connection = connection;
    this.#existing = existing;
    this.#projects = projects;
    this.#events = events;
  }

  get pending(): number {
    return this.#pending.length + this.#repeats.length;
  }

  /** Says whether the build is new in the file. @throws BuildgateError INVALID when its id is there twice */
  add(build: BuildItem): boolean {
    const packed = packPlace(build.place);
    const known = this.places.get(build.id);
    if (known === undefined) {
      this.places.set(build.id, packed);
      this.#pending.push(build);
      this.largest = Math.max(this.largest, build.id);
      return true;
    }
    // The one allowed repetition: inlined and in `builds`.
    if (known < 0 === packed < 0 || this.#repeated.has(build.id)) {
      throw refuseRow(build.place, build.id, `id: ${unpackPlace(known)} has the same.`);
    }
    this.#repeated.set(build.id, 1);
    this.#repeats.push(build);
    return false;
  }

  /** Events must have been written before, as far as they are known. */
  async flush(): Promise<void> {
    if (this.pending === 0) return;
    const [builds, repeats] = [this.#pending, this.#repeats];
    this.#pending = [];
    this.#repeats = [];
    const existing = await this.#existing.among(builds.map(({ id }) => id));
    const changed = await writeRows(this.#connection, BUILDS, await this.#rows(builds), existing);
    this.tally.add(builds.length, builds.length - existing.size, changed.size);
    const [index] = await this.#connection.upsert(BUILDS, await this.#rows(repeats));
    const different = index === undefined ? undefined : repeats[index];
    if (!different) return;
    const other = unpackPlace(this.places.get(different.id) ?? 0);
    throw refuseRow(different.place, different.id, `differs from ${other}, which has the same id.`);
  }

  async #rows(builds: readonly BuildItem[]): Promise<BulkRow[]> {
    const projects = await this.#projects.idsOf(new Set(builds.map(({ name }) => name)));
    return builds.map((build) => {
      if (!this.#events.positions.has(build.eventId)) this.requesterUnknown = true;
      return build.row(projects.get(build.name) as number, this.#events.requesterOf(build.eventId));
    });
  }
}
