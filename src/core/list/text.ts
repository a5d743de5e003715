import { sql, type Dialect, type Sql } from '../store/sql.js';
import { foldCase } from '../text.js';

/** Whether text contains a text, letter case included; no character is a pattern. */
export function containsText(dialect: Dialect, column: Sql, value: string): Sql {
  return dialect === 'sqlite' ? sql`instr(${column}, ${value}) > 0` : sql`strpos(${column}, ${value}) > 0`;
}

/** Whether text contains a text in any letter case; no character is a pattern. */
export function containsFolded(dialect: Dialect, column: Sql, value: string): Sql {
  const folded = foldCase(value);
  return dialect === 'sqlite'
    ? sql`instr(fold_case(${column}), ${folded}) > 0`
    : sql`strpos(upper(${column} COLLATE "und-x-icu"), ${folded}) > 0`;
}

/** Whether text ends with a text, letter case included; no character is a pattern. */
export function endsWithText(dialect: Dialect, column: Sql, value: string): Sql {
  if (value === '') return sql`${column} IS NOT NULL`;
  const length = Array.from(value).length;
  return dialect === 'sqlite'
    ? sql`substr(${column}, ${-length}) = ${value}`
    : sql`right(${column}, ${length}) = ${value}`;
}

/** A range over the index instead of a pattern: from the prefix to before the next text that does not have it. */
export function startsWith(column: Sql, prefix: string): Sql {
  const points = Array.from(prefix, (character) => character.codePointAt(0) ?? 0);
  while (points.length > 0 && (points.at(-1) ?? 0) >= 0x10ffff) points.pop();
  if (points.length === 0) return sql`${column} >= ${prefix}`;
  const last = points.pop() ?? 0;
  // Surrogates are no characters of their own: the code point after U+D7FF is U+E000.
  points.push(last === 0xd7ff ? 0xe000 : last + 1);
  return sql`(${column} >= ${prefix} AND ${column} < ${String.fromCodePoint(...points)})`;
}
