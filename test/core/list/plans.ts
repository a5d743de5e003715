import type { Reader } from '../../../src/core/store/reader.js';
import { raw, sql, type Sql } from '../../../src/core/store/sql.js';

/** Asks for the plan of what runs through its reader. */
export class PlanReader {
  readonly reader: Reader;
  #plans: string[] = [];

  constructor(reader: Reader) {
    this.reader = { dialect: reader.dialect, all: (statement) => this.#explained(reader, statement) };
  }

  /** The plans of the statements that some work runs through the reader. */
  async planOf(work: () => Promise<unknown>): Promise<string> {
    this.#plans = [];
    await work();
    // Counters are a table of a few dozen rows.
    return this.#plans.filter((plan) => !plan.includes('state_count')).join('\n');
  }

  async #explained<Row extends object>(reader: Reader, statement: Sql): Promise<Row[]> {
    const explain = raw(reader.dialect === 'sqlite' ? 'EXPLAIN QUERY PLAN ' : 'EXPLAIN ');
    const lines = await reader.all<Record<string, string>>(sql`${explain}${statement}`);
    this.#plans.push(lines.map((line) => line['detail'] ?? line['QUERY PLAN']).join('\n'));
    return reader.all<Row>(statement);
  }
}
