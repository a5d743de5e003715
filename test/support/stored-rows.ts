import { raw } from '../../src/core/store/sql.js';
import type { Store } from '../../src/core/store/store.js';

/** Tables that requests change whatever they are answered: counts of requests, and names that are searched in. */
const BESIDE = /^(legacy_route_use|rate_limit.*|search_.*|sqlite_.*|mikro_orm_.*)$/;

/** How many rows each table has, and the last change that was logged: what two moments are compared by. */
export async function storedRows({ reader }: Store): Promise<Readonly<Record<string, number>>> {
  const tables =
    reader.dialect === 'sqlite'
      ? raw(`SELECT name AS name FROM sqlite_schema WHERE type = 'table'`)
      : raw(`SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema()`);
  const names = (await reader.all<{ name: string }>(tables))
    .map(({ name }) => name)
    .filter((name) => !BESIDE.test(name));
  const counts = names.map((name) => `SELECT '${name}' AS name, COUNT(*) AS count FROM ${name}`);
  const head = `SELECT 'sequence' AS name, (SELECT MAX(sequence) FROM change_log_head) AS count`;
  const rows = await reader.all<{ name: string; count: number }>(raw([...counts, head].join(' UNION ALL ')));
  return Object.fromEntries(rows.map(({ name, count }) => [name, Number(count)]));
}
