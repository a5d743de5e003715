/** The two databases that are supported. */
export type Dialect = 'sqlite' | 'postgresql';

/** What a statement may be given and a row may hold. JSON columns travel as text. */
export type SqlValue = string | number | boolean | null;

/** A piece of SQL with its values kept apart from the text, so that no value can become SQL. */
export class Sql {
  constructor(
    readonly strings: readonly string[],
    readonly values: readonly SqlValue[],
  ) {}

  /** The statement text with the placeholders of the dialect. */
  text(dialect: Dialect): string {
    if (dialect === 'sqlite') return this.strings.join('?');
    let text = this.strings[0] ?? '';
    for (let index = 1; index < this.strings.length; index++) text += `$${index}${this.strings[index]}`;
    return text;
  }
}

/** Template tag: interpolated `Sql` is spliced in, everything else becomes a bound value. */
export function sql(strings: TemplateStringsArray, ...parts: readonly (Sql | SqlValue)[]): Sql {
  const texts: string[] = [strings[0] ?? ''];
  const values: SqlValue[] = [];
  parts.forEach((part, index) => {
    append(texts, values, part);
    texts[texts.length - 1] += strings[index + 1] ?? '';
  });
  return new Sql(texts, values);
}

/** SQL text from our own declarations (names of tables and columns). Never for anything that a client sent. */
export function raw(text: string): Sql {
  return new Sql([text], []);
}

/** The name of a table or column as SQL text, whatever characters it has. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Joins pieces with a separator of our own; the empty list gives empty SQL. */
export function join(parts: readonly Sql[], separator: string): Sql {
  const texts: string[] = [''];
  const values: SqlValue[] = [];
  parts.forEach((part, index) => {
    if (index > 0) texts[texts.length - 1] += separator;
    append(texts, values, part);
  });
  return new Sql(texts, values);
}

/**
 * ` LIMIT count`. SQLite looks at a limit that is a parameter when it plans, and therefore prepares the statement again
 * whenever one is bound, which takes longer than most pages; what it has to compute it does not look at.
 */
export function limitTo(count: number): Sql {
  return sql` LIMIT CAST(${count} AS BIGINT)`;
}

/** ` WHERE a AND b`, or nothing. */
export function where(conditions: readonly Sql[]): Sql {
  return conditions.length === 0 ? raw('') : sql` WHERE ${join(conditions, ' AND ')}`;
}

function append(texts: string[], values: SqlValue[], part: Sql | SqlValue): void {
  if (!(part instanceof Sql)) {
    values.push(part);
    texts.push('');
    return;
  }
  texts[texts.length - 1] += part.strings[0] ?? '';
  texts.push(...part.strings.slice(1));
  values.push(...part.values);
}

/**
 * `column IN (values)` as one bound value, so that the statement text, and with it the prepared statement, is the same
 * for any number of values. An empty list matches nothing.
 */
export function inList(
  dialect: Dialect,
  column: Sql,
  values: readonly (string | number)[],
  type: 'bigint' | 'double precision' | 'text',
): Sql {
  return dialect === 'sqlite'
    ? sql`${column} IN (SELECT value FROM json_each(${JSON.stringify(values)}))`
    : sql`${column} = ANY(${arrayLiteral(values)}::${raw(type)}[])`;
}

/**
 * The same for keys that an operation looks up along an index. PostgreSQL is not shown how many they are when it plans: it
 * would plan anew for each list of them, which takes longer than to find what they name.
 */
export function amongKeys(
  dialect: Dialect,
  column: Sql,
  keys: readonly (string | number)[],
  type: 'bigint' | 'text',
): Sql {
  if (dialect === 'sqlite') return inList(dialect, column, keys, type);
  return sql`${column} = ANY(ARRAY(SELECT unnest(${arrayLiteral(keys)}::${raw(type)}[])))`;
}

/** PostgreSQL's array input syntax; each element quoted. */
export function arrayLiteral(values: readonly (string | number)[]): string {
  const elements = values.map((value) => `"${String(value).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`);
  return `{${elements.join(',')}}`;
}
