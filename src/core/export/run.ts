import type { SecretBox } from '../auth/secrets.js';
import { BuildgateError } from '../errors.js';
import { MAX_ELEMENT } from '../import/array-splitter.js';
import { missingMigrations } from '../store/migrations.js';
import type { Reader } from '../store/reader.js';
import { openSnapshot } from '../store/snapshot.js';
import type { DatabaseConfig } from '../store/store.js';
import { readPages, type PageSource } from './pages.js';
import { Remarks } from './remarks.js';

/** What an export reads from. */
export interface ExportSource {
  readonly database: DatabaseConfig;
  /** The key of the gateway on that database. */
  readonly secrets: SecretBox;
}

/** What the arrays of a system are written with. */
export interface ExportContext {
  /** Opens what is kept encrypted, where the import format wants it plain. */
  readonly secrets: SecretBox;
  readonly remarks: Remarks;
}

/** How many elements one of the arrays has. */
export interface ElementCount {
  readonly name: { readonly one: string; readonly many: string };
  readonly total: number;
}

/** One array of an import format, as an export writes it. */
export interface ExportedArray {
  readonly key: string;
  readonly name: ElementCount['name'];
  /** JSON texts of the elements, page by page. Nothing is read before it is asked for. */
  elements(reader: Reader): AsyncIterable<readonly string[]>;
}

/** The export of one system: the arrays of its import format, in the order in which they are written. */
export type SystemExport = (context: ExportContext) => readonly ExportedArray[];

/** What was exported, and what could not be as it is. */
export interface ExportResult {
  readonly counts: readonly ElementCount[];
  /** One line each. */
  readonly remarks: readonly string[];
}

/** Takes the text, piece by piece as fast as it can; resolves when all of it is written. */
export type TextSink = (pieces: AsyncIterable<string>) => Promise<void>;

/** An array whose elements are rows of a table. */
export interface TableArray<Row extends object> {
  readonly key: string;
  readonly name: ElementCount['name'];
  readonly source: PageSource;
  /** JSON texts of a page's elements; what belongs to them in other tables is read here, for all of them at once. */
  readonly elements: (rows: readonly Row[], reader: Reader) => readonly string[] | Promise<readonly string[]>;
}

/** Makes an array of a table. */
export function tableArray<Row extends object>({ key, name, source, elements }: TableArray<Row>): ExportedArray {
  return {
    key,
    name,
    async *elements(reader) {
      for await (const rows of readPages<Row>(reader, source)) yield elements(rows, reader);
    },
  };
}

/**
 * Writes all data of a system in its import format, as it is at one moment: one JSON object of arrays, an element on
 * each line. The sink decides how fast it is read.
 * @param onRows told how many elements are written so far
 * @throws BuildgateError for a database that is not there or lacks migrations; the sink's or the driver's error
 */
export async function runExport(
  { database, secrets }: ExportSource,
  systemExport: SystemExport,
  sink: TextSink,
  onRows: (rows: number) => void = () => undefined,
): Promise<ExportResult> {
  const snapshot = await openSnapshot(database);
  try {
    if ((await missingMigrations(snapshot)).length > 0) {
      throw new BuildgateError('CONFLICT', 'The database lacks migrations. Run `buildgate migrate` first.');
    }
    const remarks = new Remarks();
    const counts: ElementCount[] = [];
    await sink(textOf(systemExport({ secrets, remarks }), snapshot, { remarks, counts, onRows }));
    return { counts, remarks: remarks.lines() };
  } finally {
    await snapshot.close();
  }
}

interface Account {
  readonly remarks: Remarks;
  readonly counts: ElementCount[];
  readonly onRows: (rows: number) => void;
}

async function* textOf(
  arrays: readonly ExportedArray[],
  reader: Reader,
  { remarks, counts, onRows }: Account,
): AsyncGenerator<string> {
  let rows = 0;
  for (const [index, { key, name, elements }] of arrays.entries()) {
    yield `${index === 0 ? '{' : ',\n'}${JSON.stringify(key)}: [`;
    let total = 0;
    for await (const texts of elements(reader)) {
      texts.forEach((text, place) => remarkOverlong(remarks, text, `${key}[${total + place}]`));
      if (texts.length > 0) yield `${total === 0 ? '\n' : ',\n'}${texts.join(',\n')}`;
      total += texts.length;
      onRows((rows += texts.length));
    }
    yield total === 0 ? ']' : '\n]';
    counts.push({ name, total });
  }
  yield '}\n';
}

/** An import holds one element at a time in memory, and so has a bound for it. */
function remarkOverlong(remarks: Remarks, text: string, place: string): void {
  // No character takes more than three bytes.
  if (text.length * 3 <= MAX_ELEMENT || Buffer.byteLength(text) <= MAX_ELEMENT) return;
  remarks.add(`elements larger than an import takes (${MAX_ELEMENT} bytes)`, place);
}
