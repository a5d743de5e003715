import { recordId } from '../ids.js';
import { PROJECT_KIND, type System } from '../model/states.js';
import { inList, raw, sql } from './sql.js';
import type { Transaction } from './transaction.js';

/**
 * Internal ids of the projects of a system with these names, by name; made where there are none, with the name as legacy
 * id. Each name is given once.
 */
export async function ensureProjects(
  transaction: Transaction,
  system: System,
  names: readonly string[],
): Promise<Map<string, number>> {
  const rows = await transaction.all<{ id: number; name: string }>(
    sql`SELECT id, legacy_id AS name FROM project WHERE system = ${system}
      AND ${inList(transaction.dialect, raw('legacy_id'), names, 'text')}`,
  );
  const ids = new Map(rows.map(({ id, name }) => [name, id]));
  const missing = names.filter((name) => !ids.has(name));
  if (missing.length === 0) return ids;
  const first = await transaction.takeNumbers(system, PROJECT_KIND, missing.length);
  for (const [index, name] of missing.entries()) {
    const id = recordId(system, first + index);
    await transaction.all(
      sql`INSERT INTO project (id, system, legacy_id, name) VALUES (${id}, ${system}, ${name}, ${name})`,
    );
    transaction.recordProjectChange({ system, projectId: id, change: 'CREATED' });
    ids.set(name, id);
  }
  return ids;
}
