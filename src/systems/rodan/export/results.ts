import { objectText } from '../../../core/export/json-object.js';
import type { ExportedArray } from '../../../core/export/run.js';
import { raw, sql } from '../../../core/store/sql.js';
import type { Direction } from '../import/catalogue.js';
import { COLLECTIONS } from '../import/collections.js';
import { typeByNames } from '../import/records.js';
import { collectionArray } from './collection-array.js';
import { link, maybeLink } from './links.js';

interface ResultRow {
  readonly uuid: string;
  readonly runJob: string;
  readonly typeName: string;
  readonly type: string | null;
  /** The type that an import finds by the names of job and type. */
  readonly foundType: string | null;
  readonly port: string | null;
  readonly hasPort: boolean | number;
  readonly resource: string | null;
  readonly list: string | null;
}

/** What run jobs read or wrote. */
export function results(direction: Direction): ExportedArray {
  const collection = COLLECTIONS[direction];
  const { table } = collection.stage;
  const type = `${direction}_port_type`;
  return collectionArray<ResultRow>(collection, {
    select: sql`uuid, run_job_uuid AS "runJob", ${raw(type)}_name AS "typeName", ${raw(type)}_uuid AS type,
      ${typeByNames(direction, `(SELECT j.name FROM job j WHERE j.id = ${table}.run_job_id)`, `${table}.${type}_name`)}
        AS "foundType",
      ${raw(`${direction}_port_uuid`)} AS port,
      EXISTS (SELECT 1 FROM ${raw(`rodan_${direction}_port p WHERE p.uuid = ${table}.${direction}_port_uuid`)})
        AS "hasPort",
      resource_uuid AS resource, resource_list_uuid AS list`,
    elements: (rows) => rows.map((row) => resultText(direction, row)),
  });
}

function resultText(direction: Direction, row: ResultRow): string {
  const port = `${direction}_port`;
  return objectText({
    uuid: row.uuid,
    run_job: link('runjob', row.runJob),
    [`${port}_type_name`]: row.typeName,
    // Of a port that was deleted only this is left.
    ...(row.port === null || row.hasPort
      ? { [port]: maybeLink(`${direction}port`, row.port) }
      : { [`${port}_uuid`]: row.port }),
    resource: maybeLink('resource', row.resource),
    resource_list: maybeLink('resourcelist', row.list),
    port_type: row.type === row.foundType ? undefined : maybeLink(`${direction}porttype`, row.type),
  });
}
