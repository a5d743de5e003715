import type { SecretBox } from '../../../core/auth/secrets.js';
import type { ArrayNames, Element } from '../../../core/import/array-splitter.js';
import type { BulkConnection } from '../../../core/import/bulk.js';
import { Place } from '../../../core/import/fields.js';
import { ProjectIndex } from '../../../core/import/projects.js';
import type { ImportSession, RowCounts } from '../../../core/import/run.js';
import type { Tally } from '../../../core/import/tally.js';
import { Kind, System } from '../../../core/model/states.js';
import { oidOf } from '../documents.js';
import { COLLECTIONS, type CollectionName } from '../fields.js';
import { tableOf } from '../records.js';
import { LabWriter, TokenWriter } from './access-writers.js';
import { NAMINGS, tallyOf } from './arrays.js';
import { GroupStates } from './group-states.js';
import { KnownRecords } from './known.js';
import { OwnWriter } from './own-writer.js';
import { readDocument, type ReadDocument } from './read.js';
import { RecordWriter, type RecordParts } from './record-writer.js';
import { fillReferences, RecordIndex } from './references.js';

const COLLECTION_OF: ReadonlyMap<string, CollectionName> = new Map(
  (Object.keys(NAMINGS) as CollectionName[]).flatMap((name) => {
    const { array, aliases } = NAMINGS[name];
    return [array, ...aliases].map((key): [string, CollectionName] => [key, name]);
  }),
);

/** The arrays of the import format. */
export const ARRAYS: ArrayNames = { wanted: [...COLLECTION_OF.keys()], required: [] };

/** What writes the documents of a collection. */
interface Writer {
  readonly tally: Tally;
  readonly pending: number;
  add(read: ReadDocument): void;
  /** Gives what it wrote. */
  flush(): Promise<readonly ReadDocument[]>;
}

/** Labs and tokens have the last word at the end. */
type Writers = Readonly<Record<CollectionName, Writer>> & { readonly lab: LabWriter; readonly token: TokenWriter };

/** One import of Kernel CI's data: documents are written as they come, what follows from others at the end. */
export class KernelciImportSession implements ImportSession {
  readonly #parts: RecordParts;
  readonly #records: ReadonlyMap<Kind, KnownRecords>;
  readonly #writers: Writers;
  readonly #groups: GroupStates;
  #rows = 0;

  private constructor(
    parts: RecordParts,
    records: ReadonlyMap<Kind, KnownRecords>,
    writers: Writers,
    groups: GroupStates,
  ) {
    this.#parts = parts;
    this.#records = records;
    this.#writers = writers;
    this.#groups = groups;
  }

  /** @param secrets what tokens are encrypted with */
  static async start(connection: BulkConnection, secrets: SecretBox): Promise<KernelciImportSession> {
    const parts: RecordParts = {
      connection,
      projects: new ProjectIndex(connection, System.KERNELCI),
      indexes: { event: new RecordIndex(connection, 'event'), build: new RecordIndex(connection, 'build') },
      open: new Set(),
    };
    const records = new Map<Kind, KnownRecords>();
    for (const kind of [Kind.EVENT, Kind.BUILD, Kind.JOB]) records.set(kind, await KnownRecords.of(connection, kind));
    const record = (name: CollectionName): RecordWriter => {
      const known = records.get(tableOf(COLLECTIONS[name]).kind) as KnownRecords;
      return new RecordWriter(parts, COLLECTIONS[name], known, tallyOf(name));
    };
    const own = (name: CollectionName): Promise<OwnWriter> =>
      OwnWriter.of(connection, COLLECTIONS[name], tallyOf(name));
    const writers = {
      token: await TokenWriter.start(connection, secrets),
      lab: await LabWriter.start(connection),
      job: record('job'),
      build: record('build'),
      boot: record('boot'),
      test_group: record('test_group'),
      test_case: await own('test_case'),
      test_regression: await own('test_regression'),
      build_log: await own('build_log'),
      job_log: await own('job_log'),
      statistics: await own('statistics'),
    };
    return new KernelciImportSession(parts, records, writers, await GroupStates.start(connection));
  }

  get rows(): number {
    return this.#rows;
  }

  get pending(): number {
    return this.#all().reduce((total, { pending }) => total + pending, 0);
  }

  add({ key, index, value }: Element): void {
    const name = COLLECTION_OF.get(key) as CollectionName;
    this.#rows += 1;
    this.#writers[name].add(readDocument(COLLECTIONS[name], value, new Place(key, index)));
  }

  async flush(): Promise<void> {
    const { test_group: groups, test_case: cases, ...others } = this.#writers;
    for (const writer of Object.values(others)) await writer.flush();
    await this.#groups.touch((await groups.flush()).map(({ oid }) => oid));
    await this.#groups.touch((await cases.flush()).map(({ document }) => oidOf(document['test_group_id'])));
  }

  async finish(): Promise<readonly RowCounts[]> {
    this.#writers.token.finish();
    this.#writers.lab.finish();
    await fillReferences(this.#parts.connection, this.#records, this.#parts.open);
    await this.#groups.settle();
    for (const known of this.#records.values()) await known.finish();
    const counts = this.#all().map(({ tally }) => tally);
    return counts.filter(({ total }) => total > 0).map((tally) => tally.counts());
  }

  #all(): readonly Writer[] {
    return Object.values(this.#writers);
  }
}
