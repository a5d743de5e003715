import type { System } from '../model/states.js';
import { first, type Reader } from '../store/reader.js';
import { limitTo, raw, sql, type Sql } from '../store/sql.js';
import { ALIAS, type RecordList } from './fields.js';
import type { FilterInput } from './filter.js';
import { indexedCharacters, matchingTexts, type Term } from './text-index.js';

/** Records that are worth finding by their texts: more of them are sooner met on the way along the order. */
const FEW = 2000;
/** Texts that are looked at one by one. */
const SOME_TEXTS = 10_000;
/** Texts whose records PostgreSQL counts text by text; it counts those of more faster on the way through the table. */
const COUNTED_TEXTS = 500;

/** How much contains a term, each counted up to one more than matters; records only where they are looked at. */
interface Found {
  readonly texts: number;
  readonly records: number | null;
}

/** A term that every record must contain, in a column whose distinct texts are kept. */
interface Place {
  readonly field: string;
  readonly column: string;
  /** Table of the distinct texts. */
  readonly texts: string;
  readonly term: Term;
}

/**
 * Finds the records that contain a text by the distinct texts of the column, which are fewer and have an index of their
 * trigrams.
 */
export class TextSearch {
  readonly #reader: Reader;
  readonly #table: string;
  readonly #place: Place;
  readonly #filter: FilterInput;
  #found: Promise<Found> | undefined;

  private constructor(reader: Reader, table: string, place: Place, filter: FilterInput) {
    this.#reader = reader;
    this.#table = table;
    this.#place = place;
    this.#filter = filter;
  }

  /** The search that a filter asks for; null when it asks for none that the kept texts help with. */
  static of(reader: Reader, list: RecordList, filter: FilterInput | null): TextSearch | null {
    const parts = [filter, ...((filter?.['and'] ?? []) as FilterInput[])];
    const [place] = parts.flatMap((part) => placesIn(list, part ?? {}));
    return filter && place ? new TextSearch(reader, list.table, place, filter) : null;
  }

  /** A condition beside the filter's own that finds the records by their texts, where these are few; else null. */
  async condition(): Promise<Sql | null> {
    const { records: count } = await this.#count();
    if (count === null || count > FEW) return null;
    if (this.#reader.dialect === 'sqlite') return this.#hasText(ALIAS);
    // A list of ids, or PostgreSQL would rather walk along the order of the list until a page is full.
    const records = sql`SELECT searched.id FROM ${raw(`${this.#table} searched`)} WHERE ${this.#hasText('searched')}`;
    return sql`${raw(`${ALIAS}.id`)} = ANY (ARRAY(${records}))`;
  }

  /**
   * A condition that says what the whole filter says and that an index on the column alone answers; null when the filter
   * asks for more, or when many texts match.
   */
  async wholeCondition(): Promise<Sql | null> {
    const system = systemBeside(this.#filter, this.#place);
    if (system === undefined) return null;
    const { texts, records } = await this.#count();
    const most = this.#reader.dialect === 'sqlite' ? SOME_TEXTS : COUNTED_TEXTS;
    if (texts > most && (records === null || records > FEW)) return null;
    // The system is the last digit of a record's id (`recordId`), and the id is in every index.
    return system === null
      ? this.#hasText(ALIAS)
      : sql`${this.#hasText(ALIAS)} AND ${raw(`${ALIAS}.id % 16`)} = ${system}`;
  }

  /** The number of records that match the filter, where looking for them has told it already; else null. */
  async total(): Promise<number | null> {
    if (systemBeside(this.#filter, this.#place) !== null) return null;
    const { records } = await this.#count();
    return records === null || records > FEW ? null : records;
  }

  #hasText(alias: string): Sql {
    const { column, texts, term } = this.#place;
    const { dialect } = this.#reader;
    const matching = matchingTexts(dialect, texts, term);
    const place = raw(`${alias}.${column}`);
    return dialect === 'sqlite' ? sql`${place} IN (${matching})` : sql`${place} = ANY (ARRAY(${matching}))`;
  }

  #count(): Promise<Found> {
    return (this.#found ??= this.#counted());
  }

  async #counted(): Promise<Found> {
    const { texts, term } = this.#place;
    const matching = matchingTexts(this.#reader.dialect, texts, term);
    const records = sql`SELECT 1 FROM ${raw(`${this.#table} ${ALIAS}`)} WHERE ${this.#hasText(ALIAS)}`;
    const found = await first<Found>(
      this.#reader,
      sql`SELECT counted.texts AS texts, CASE WHEN counted.texts <= ${SOME_TEXTS}
        THEN (SELECT COUNT(*) FROM (${records}${limitTo(FEW + 1)}) found) END AS records
        FROM (SELECT COUNT(*) AS texts FROM (${matching}${limitTo(SOME_TEXTS + 1)}) found) counted`,
    );
    return found ?? { texts: 0, records: 0 };
  }
}

/** The terms of one level of a filter. */
function placesIn(list: RecordList, filter: FilterInput): Place[] {
  return Object.entries(filter).flatMap(([name, operators]) => {
    const field = list.fields[name];
    if (!field || !('search' in field) || field.search === undefined) return [];
    const { column, search: texts } = field;
    return (['contains', 'icontains'] as const).flatMap((operator) => {
      const text = (operators as FilterInput | null | undefined)?.[operator];
      if (typeof text !== 'string' || !indexedCharacters({ operator, text })) return [];
      return [{ field: name, column, texts, term: { operator, text } }];
    });
  });
}

/** The system that a filter asks for beside one term; null when it asks for nothing else, undefined for more. */
function systemBeside(filter: FilterInput, { field, term }: Place): System | null | undefined {
  const given = (input: unknown): string[] =>
    Object.entries(input ?? {}).flatMap(([name, value]) => (value === null || value === undefined ? [] : [name]));
  const others = given(filter).filter((name) => name !== field);
  if (given(filter[field]).join() !== term.operator) return undefined;
  if (others.length === 0) return null;
  const { system } = filter as { readonly system?: { readonly eq?: System } };
  return others.join() === 'system' && given(system).join() === 'eq' ? system?.eq : undefined;
}
