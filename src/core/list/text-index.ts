import { raw, sql, type Dialect, type Sql } from '../store/sql.js';
import { foldCase } from '../text.js';
import { containsFolded, containsText } from './text.js';

/** What is searched for in text: with letter case, or without. */
export interface Term {
  readonly operator: 'contains' | 'icontains';
  readonly text: string;
}

/** Characters that the indexes know together; a shorter term is looked for in every record. */
const CHARACTERS = 3;
/** On SQLite, texts are indexed by so many at once; the last ones are not yet (migration 0008). */
const INDEXED_TOGETHER = 500;
/** More of them do not make the candidates fewer. */
const MOST_TRIGRAMS = 30;
/** Capitals of other characters may be several, of other letters or the same for several: these texts are all candidates. */
// oxlint-disable-next-line no-control-regex
const ASCII = /^[\u0001-\u007f]*$/;

/** The characters that must follow each other in what matches, as far as an index can look for them; null for too few. */
export function indexedCharacters({ operator, text }: Term): string[] | null {
  const characters = Array.from(operator === 'icontains' ? foldCase(text) : text);
  return characters.length < CHARACTERS || characters.includes('\0') ? null : characters;
}

/**
 * The texts of a table of distinct texts that match a term, as a statement: those that the trigrams leave, each checked
 * by the condition that a record would be checked by.
 */
export function matchingTexts(dialect: Dialect, table: string, term: Term): Sql {
  const value = raw('known.value');
  const { operator, text } = term;
  const matches = operator === 'contains' ? containsText(dialect, value, text) : containsFolded(dialect, value, text);
  const candidates = dialect === 'sqlite' ? sqliteCandidates(table, term) : postgresqlCandidates(term);
  return sql`SELECT ${value} FROM ${raw(`${table} known`)} WHERE ${candidates} AND ${matches}`;
}

function sqliteCandidates(table: string, term: Term): Sql {
  const characters = indexedCharacters(term) ?? [];
  const trigrams = characters
    .slice(0, MOST_TRIGRAMS + 2)
    .slice(2)
    .map((last, place) => {
      const trigram = `${characters[place]}${characters[place + 1]}${last}`;
      return `"${trigram.replaceAll('"', '""')}"`;
    });
  const found = sql`SELECT rowid FROM ${raw(`${table}_trigram WHERE ${table}_trigram MATCH`)} ${trigrams.join(' ')}`;
  const newest = raw(
    `SELECT id FROM ${table} WHERE id > (SELECT MAX(id) / ${INDEXED_TOGETHER} * ${INDEXED_TOGETHER} FROM ${table})`,
  );
  const others = raw(`SELECT id FROM ${table} WHERE length(cast(value as blob)) <> length(value)`);
  if (term.operator === 'contains') return sql`known.id IN (${found} UNION ALL ${newest})`;
  return ASCII.test(foldCase(term.text))
    ? sql`known.id IN (${found} UNION ALL ${newest} UNION ALL ${others})`
    : sql`known.id IN (${others})`;
}

function postgresqlCandidates({ operator, text }: Term): Sql {
  const pattern = (wanted: string): string => `%${wanted.replaceAll(/[\\%_]/g, '\\$&')}%`;
  return operator === 'contains'
    ? sql`known.value LIKE ${pattern(text)}`
    : sql`upper(known.value COLLATE "und-x-icu") LIKE ${pattern(foldCase(text))}`;
}
