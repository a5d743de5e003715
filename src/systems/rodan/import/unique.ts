import type { Reader } from '../../../core/store/reader.js';
import { Fate } from '../../../core/import/stage.js';
import { shown } from '../../../core/import/fields.js';
import { first } from '../../../core/store/reader.js';
import { raw, sql } from '../../../core/store/sql.js';
import type { Collection } from './collection.js';
import { faultyColumns, refuseFaulty, type Faulty } from './references.js';

/**
 * Keeps apart the values of a column that no two rows of a collection may share.
 * @throws BuildgateError INVALID naming a row whose value another of the file has, or one that only the database has
 */
export async function checkUnique(connection: Reader, collection: Collection, column: string): Promise<void> {
  const [stage, value] = [raw(collection.stage.name), raw(column)];
  const twice = await first<Faulty>(
    connection,
    sql`SELECT ${faultyColumns(collection, 'twice.value')} FROM (
        SELECT ${value} AS value, MAX(position) AS greatest FROM ${stage} GROUP BY ${value} HAVING COUNT(*) > 1
        ORDER BY MAX(position) LIMIT 1
      ) twice JOIN ${stage} s ON s.position = twice.greatest`,
  );
  if (twice) throw refuseFaulty(collection, twice, `${column}: the file has ${shown(twice.found)} twice.`);
  const taken = await first<Faulty>(
    connection,
    sql`SELECT ${faultyColumns(collection, 't.uuid')} FROM ${stage} s
      JOIN ${raw(collection.stage.table)} t ON t.${value} = s.${value} AND t.uuid <> s.uuid
      WHERE NOT EXISTS (SELECT 1 FROM ${stage} n WHERE n.uuid = t.uuid) ORDER BY s.position LIMIT 1`,
  );
  if (taken) throw refuseFaulty(collection, taken, `${column}: ${shown(taken.found)} of the database has the same.`);
}

/** Makes room for values that rows of the database hold and that the file gives to others of its rows. */
export async function freeUnique(connection: Reader, { stage }: Collection, column: string): Promise<void> {
  const [table, value] = [raw(stage.table), raw(column)];
  await connection.all(sql`UPDATE ${table} SET ${value} = uuid WHERE uuid IN (
    SELECT s.uuid FROM ${raw(stage.name)} s JOIN ${table} t ON t.uuid = s.uuid
    WHERE s.fate = ${Fate.REPLACED} AND t.${value} <> s.${value})`);
}
