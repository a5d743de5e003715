const MAX_NAMES = 500;
/** A longer text has many rows in it, and is hardly met again. */
const MAX_LENGTH = 20_000;

/**
 * Names of prepared statements, by text: the same on all connections of a pool. Texts beyond the bound run unnamed: the
 * server keeps a named one for the life of the connection.
 */
export class StatementNames {
  readonly #names = new Map<string, string>();
  #generation = 0;

  /** The name under which a text is kept prepared; undefined where it is not. */
  of(text: string): string | undefined {
    const known = this.#names.get(text);
    if (known !== undefined || this.#names.size >= MAX_NAMES || text.length > MAX_LENGTH) return known;
    const name = `${this.#generation}_${this.#names.size}`;
    this.#names.set(text, name);
    return name;
  }

  /** Takes note of an error: after one that says so, every statement is prepared again, under another name. */
  heed(error: unknown, name: string | undefined): void {
    if (!isStalePlan(error) || !name?.startsWith(`${this.#generation}_`)) return;
    this.#generation += 1;
    this.#names.clear();
  }
}

/**
 * Whether the result of a prepared statement would have other types than when it was prepared, because of a migration
 * meanwhile ("cached plan must not change result type"; the words depend on the server's language).
 */
export function isStalePlan(error: unknown): boolean {
  const { code, routine } = error as { code?: unknown; routine?: unknown };
  return code === '0A000' && routine === 'RevalidateCachedQuery';
}
