import { refuseRow, shown } from '../../../core/import/fields.js';
import { System } from '../../../core/model/states.js';
import { first, type Reader } from '../../../core/store/reader.js';
import { raw, sql, type Sql } from '../../../core/store/sql.js';
import type { LinkKind } from '../link-kind.js';
import type { Collection } from './collection.js';
import { ALL_COLLECTIONS, COLLECTIONS, LINK_SETS } from './collections.js';

/** A row of a collection that something is wrong with. */
export interface Faulty {
  readonly position: number;
  /** Where it is in the file, when that is not its position in the collection. */
  readonly place: string | null;
  readonly uuid: string;
  /** What is wrong. */
  readonly found: string | number | null;
}

/** The refusal of a row: `workflows[3] (uuid …): project: there is no …`. */
export function refuseFaulty(collection: Collection, { position, place, uuid }: Faulty, message: string): Error {
  return refuseRow(place ?? `${collection.name}[${position}]`, uuid, message, 'uuid');
}

/** What `Faulty` asks for of the rows `s` of a collection. */
export function faultyColumns({ stage, id }: Collection, found: string): Sql {
  const place = stage.extra?.some(([name]) => name === 'place') ? 's.place' : 'NULL';
  return raw(`s.position AS position, ${place} AS place, s.${id} AS uuid, ${found} AS found`);
}

/** @throws BuildgateError INVALID naming a row whose UUID another row of its collection has */
export async function refuseTwice(connection: Reader, collection: Collection): Promise<void> {
  const { stage, id } = collection;
  const name = raw(stage.name);
  const row = await first<Faulty>(
    connection,
    sql`SELECT ${faultyColumns(collection, 'twice.least')} FROM (
        SELECT ${raw(id)} AS id, MIN(position) AS least, MAX(position) AS greatest
        FROM ${name} GROUP BY ${raw(id)} HAVING COUNT(*) > 1 ORDER BY MAX(position) LIMIT 1
      ) twice JOIN ${name} s ON s.position = twice.greatest`,
  );
  if (row) throw refuseFaulty(collection, row, `uuid: the file has it twice.`);
}

/**
 * Looks up what every link points to, in the file and in the database.
 * @throws BuildgateError INVALID naming the first row with a link to nothing
 */
export async function checkReferences(connection: Reader): Promise<void> {
  for (const collection of ALL_COLLECTIONS) {
    for (const { field, column, to } of collection.references) {
      const row = await first<Faulty>(
        connection,
        sql`SELECT ${faultyColumns(collection, `s.${column}`)} FROM ${raw(collection.stage.name)} s
          WHERE ${raw(`s.${column}`)} IS NOT NULL AND ${isNowhere(to, `s.${column}`)} ORDER BY s.position LIMIT 1`,
      );
      if (row) throw dangling(collection, row, field, to);
    }
  }
  for (const { owner, name, target } of Object.values(LINK_SETS)) {
    if (target === null) continue;
    const { field, column, to } = target;
    const row = await first<Faulty>(
      connection,
      sql`SELECT ${faultyColumns(owner, `l.${column}`)} FROM ${raw(name)} l
        JOIN ${raw(owner.stage.name)} s ON s.uuid = l.owner
        WHERE ${isNowhere(to, `l.${column}`)} ORDER BY s.position, ${raw(`l.${column}`)} LIMIT 1`,
    );
    if (row) throw dangling(owner, row, field, to);
  }
}

/** The refusal of a link to nothing. */
export function dangling(collection: Collection, row: Faulty, field: string, to: LinkKind): Error {
  return refuseFaulty(collection, row, `${field}: there is no ${COLLECTIONS[to].stage.rows.one} ${shown(row.found)}.`);
}

/** SQL: neither the file nor the database has the row with the UUID in a column. */
export function isNowhere(to: LinkKind, column: string): Sql {
  const { stage, id }: Collection = COLLECTIONS[to];
  const ours = id === 'uuid' ? '' : `t.system = ${System.RODAN} AND `;
  return raw(`NOT EXISTS (SELECT 1 FROM ${stage.name} n WHERE n.${id} = ${column})
    AND NOT EXISTS (SELECT 1 FROM ${stage.table} t WHERE ${ours}t.${id} = ${column})`);
}
