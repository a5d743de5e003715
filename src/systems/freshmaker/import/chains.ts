import { IdMap } from '../../../core/import/id-map.js';
import { recordId, recordNumber } from '../../../core/ids.js';
import { System } from '../../../core/model/states.js';
import type { Reader } from '../../../core/store/reader.js';
import { inList, raw, sql } from '../../../core/store/sql.js';

/**
 * Which build depends on which. A chain that comes back to itself would make a failure cascade for ever
 * (contract freshmaker, section 4.2). Numbers are Freshmaker's.
 */
export class DependencyChains {
  readonly #next = new IdMap();

  add(build: number, dependsOn: number): void {
    this.#next.set(build, dependsOn);
  }

  /** Adds the chains that go on from these builds in the database. */
  async follow(connection: Reader, builds: readonly number[]): Promise<void> {
    if (builds.length === 0) return;
    const ids = builds.map((number) => recordId(System.FRESHMAKER, number));
    const next = raw('freshmaker_depends_on_id');
    const rows = await connection.all<{ id: number; next: number }>(
      sql`WITH RECURSIVE chain (id, next) AS (
          SELECT id, ${next} FROM build WHERE ${inList(connection.dialect, raw('id'), ids, 'bigint')}
          UNION SELECT build.id, build.${next} FROM chain JOIN build ON build.id = chain.next)
        SELECT id AS id, next AS next FROM chain WHERE next IS NOT NULL`,
    );
    for (const row of rows) this.#next.set(recordNumber(row.id), recordNumber(row.next));
  }

  /** The builds of a circle in order; null when there is none. Each build is visited once. */
  findCircle(): number[] | null {
    const visitedBy = new Uint32Array(this.#next.slots);
    let walk = 0;
    for (const start of this.#next.keys()) {
      walk += 1;
      let at: number | undefined = start;
      while (at !== undefined) {
        const slot = this.#next.slotOf(at);
        if (slot < 0 || (visitedBy[slot] !== 0 && visitedBy[slot] !== walk)) break;
        if (visitedBy[slot] === walk) return this.#circleFrom(at);
        visitedBy[slot] = walk;
        at = this.#next.get(at);
      }
    }
    return null;
  }

  #circleFrom(start: number): number[] {
    const circle = [start];
    for (let at = this.#next.get(start); at !== undefined && at !== start; at = this.#next.get(at)) {
      circle.push(at);
    }
    return circle;
  }
}
