import { PROJECT_KIND, type System } from '../model/states.js';
import { recordId } from '../ids.js';
import type { Reader } from '../store/reader.js';
import { inList, join, raw, sql } from '../store/sql.js';
import { lastNumber, raiseLastNumber } from './counters.js';

/** Names held in memory; more are looked up in the database again. */
const MAX_KNOWN = 100_000;
const INSERT_BATCH = 500;

/** Finds the projects of a system by name, and makes those that are missing. Their legacy id is the name. */
export class ProjectIndex {
  readonly #connection: Reader;
  readonly #system: System;
  readonly #ids = new Map<string, number>();
  #last = -1;

  constructor(connection: Reader, system: System) {
    this.#connection = connection;
    this.#system = system;
  }

  /** Internal ids of the projects with these names. */
  async idsOf(names: ReadonlySet<string>): Promise<ReadonlyMap<string, number>> {
    if (this.#ids.size > MAX_KNOWN) this.#ids.clear();
    const unknown = [...names].filter((name) => !this.#ids.has(name));
    if (unknown.length > 0) await this.#find(unknown);
    return this.#ids;
  }

  async #find(names: readonly string[]): Promise<void> {
    const rows = await this.#connection.all<{ id: number; name: string }>(
      sql`SELECT id AS id, legacy_id AS name FROM project
        WHERE system = ${this.#system} AND ${inList(this.#connection.dialect, raw('legacy_id'), names, 'text')}`,
    );
    for (const { id, name } of rows) this.#ids.set(name, id);
    const missing = names.filter((name) => !this.#ids.has(name));
    if (missing.length > 0) await this.#create(missing);
  }

  async #create(names: readonly string[]): Promise<void> {
    if (this.#last < 0) this.#last = await lastNumber(this.#connection, this.#system, PROJECT_KIND);
    for (let start = 0; start < names.length; start += INSERT_BATCH) {
      const rows = names.slice(start, start + INSERT_BATCH).map((name) => {
        const id = recordId(this.#system, ++this.#last);
        this.#ids.set(name, id);
        return sql`(${id}, ${this.#system}, ${name}, ${name})`;
      });
      await this.#connection.all(sql`INSERT INTO project (id, system, legacy_id, name) VALUES ${join(rows, ', ')}`);
    }
    await raiseLastNumber(this.#connection, this.#system, PROJECT_KIND, this.#last);
  }
}
