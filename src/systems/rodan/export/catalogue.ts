import { JsonText, objectText } from '../../../core/export/json-object.js';
import type { ExportedArray } from '../../../core/export/run.js';
import { grouped } from '../../../core/export/values.js';
import type { Reader } from '../../../core/store/reader.js';
import { inList, raw, sql } from '../../../core/store/sql.js';
import type { Direction } from '../import/catalogue.js';
import { COLLECTIONS } from '../import/collections.js';
import { collectionArray } from './collection-array.js';
import { link } from './links.js';

/** What is installed: resource types, jobs and the types of their ports. */

interface ResourceTypeRow {
  readonly uuid: string;
  readonly mimetype: string;
  readonly description: string;
  readonly extension: string;
}

/** Types of resources. */
export const resourceTypes = collectionArray<ResourceTypeRow>(COLLECTIONS.resourcetype, {
  select: raw('uuid, mimetype, description, extension'),
  long: ['description'],
  elements: (rows) =>
    rows.map(({ uuid, mimetype, description, extension }) => objectText({ uuid, mimetype, description, extension })),
});

interface JobRow {
  readonly uuid: string;
  readonly name: string;
  /** JSON. */
  readonly settings: string;
  readonly description: string | null;
  readonly category: string | null;
  readonly enabled: boolean | number;
  readonly interactive: boolean | number;
}

/** Jobs, without the types of their ports, whose order among those of other jobs tells which is found by a name. */
export const jobs = collectionArray<JobRow>(COLLECTIONS.job, {
  select: raw('uuid, name, settings, description, category, enabled, interactive'),
  long: ['settings', 'description'],
  elements: (rows) =>
    rows.map(({ settings, enabled, interactive, ...row }) =>
      objectText({
        uuid: row.uuid,
        name: row.name,
        settings: new JsonText(settings),
        description: row.description,
        category: row.category,
        enabled: Boolean(enabled),
        interactive: Boolean(interactive),
      }),
    ),
});

interface PortTypeRow {
  readonly uuid: string;
  readonly job: string;
  readonly name: string;
  readonly minimum: number;
  readonly maximum: number;
  readonly isList: boolean | number;
}

/** Types of ports of one direction, with the types of resources that they take. */
export const portTypes = (direction: Direction): ExportedArray =>
  collectionArray<PortTypeRow>(COLLECTIONS[`${direction}porttype`], {
    select: raw('uuid, job_uuid AS job, name, minimum, maximum, is_list AS "isList"'),
    elements: async (rows, reader) => {
      const accepted = await acceptedTypes(direction, reader, rows);
      return rows.map(({ uuid, job, name, minimum, maximum, isList }) =>
        objectText({
          uuid,
          job: link('job', job),
          name,
          minimum,
          maximum,
          is_list: Boolean(isList),
          resource_types: accepted.get(uuid) ?? [],
        }),
      );
    },
  });

async function acceptedTypes(
  direction: Direction,
  reader: Reader,
  rows: readonly PortTypeRow[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const uuids = rows.map(({ uuid }) => uuid);
  const links = await reader.all<{ owner: string; type: string }>(
    sql`SELECT port_type_uuid AS owner, resource_type_uuid AS type
      FROM ${raw(`rodan_${direction}_port_type_resource_type`)}
      WHERE ${inList(reader.dialect, raw('port_type_uuid'), uuids, 'text')} ORDER BY port_type_uuid, resource_type_uuid`,
  );
  return grouped(
    links,
    ({ owner }) => owner,
    ({ type }) => link('resourcetype', type),
  );
}
