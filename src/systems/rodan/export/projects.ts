import { objectText, type Members } from '../../../core/export/json-object.js';
import { grouped, timeText } from '../../../core/export/values.js';
import type { Reader } from '../../../core/store/reader.js';
import { inList, raw, sql } from '../../../core/store/sql.js';
import { COLLECTIONS } from '../import/collections.js';
import { ROLES } from '../import/names.js';
import { collectionArray } from './collection-array.js';
import { link, maybeLink, nameOf } from './links.js';

/** Projects and the resources in them. */

/** Times that most rows have: microseconds since 1970. */
export interface TimesRow {
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** SQL of those times. */
export const TIMES = raw('created_at AS "createdAt", updated_at AS "updatedAt"');

/** How they are written. */
export function times({ createdAt, updatedAt }: TimesRow): Members {
  return { created: timeText(createdAt), updated: timeText(updatedAt) };
}

interface ProjectRow extends TimesRow {
  readonly uuid: string;
  readonly name: string;
  readonly description: string | null;
  readonly creator: string;
}

interface MemberRow {
  readonly project: string;
  readonly role: number;
  readonly name: string;
}

/** Projects, with who works in them. */
export const projects = collectionArray<ProjectRow>(COLLECTIONS.project, {
  select: sql`uuid, name, description, ${nameOf('creator_number')} AS creator, ${TIMES}`,
  long: ['description'],
  besides: raw('(SELECT COUNT(*) * 100 FROM rodan_project_member l WHERE l.project_uuid = rodan_project.uuid)'),
  elements: async (rows, reader) => {
    const members = await membersOf(reader, rows);
    return rows.map((row) => projectText(row, members.get(row.uuid) ?? []));
  },
});

async function membersOf(
  reader: Reader,
  rows: readonly ProjectRow[],
): Promise<ReadonlyMap<string, readonly MemberRow[]>> {
  const uuids = rows.map(({ uuid }) => uuid);
  const members = await reader.all<MemberRow>(
    sql`SELECT l.project_uuid AS project, l.role AS role, m.name AS name FROM rodan_project_member l
      JOIN rodan_user u ON u.number = l.user_number JOIN member m ON m.id = u.id
      WHERE ${inList(reader.dialect, raw('l.project_uuid'), uuids, 'text')} ORDER BY l.project_uuid, l.user_number`,
  );
  return grouped(
    members,
    ({ project }) => project,
    (row) => row,
  );
}

function projectText(row: ProjectRow, members: readonly MemberRow[]): string {
  const withRole = (wanted: number): string[] => members.filter(({ role }) => role === wanted).map(({ name }) => name);
  return objectText({
    uuid: row.uuid,
    name: row.name,
    description: row.description,
    creator: row.creator,
    admins: withRole(ROLES.admins),
    workers: withRole(ROLES.workers),
    ...times(row),
  });
}

/** Members with addresses of files, and the columns of their paths. */
const FILES = {
  resource_file: 'file',
  compat_resource_file: 'compat_file',
  small_thumb: 'small_thumb',
  medium_thumb: 'medium_thumb',
  large_thumb: 'large_thumb',
} as const;

type FileColumn = (typeof FILES)[keyof typeof FILES];

interface ResourceRow extends TimesRow, Readonly<Record<FileColumn, string | null>> {
  readonly uuid: string;
  readonly project: string;
  readonly type: string;
  readonly creator: string | null;
  readonly origin: string | null;
  readonly name: string | null;
  readonly description: string | null;
  readonly hasThumb: boolean | number;
  readonly status: number | null;
  readonly errorSummary: string;
  readonly errorDetails: string;
}

/** Resources; files as addresses without a host. */
export const resources = collectionArray<ResourceRow>(COLLECTIONS.resource, {
  select: sql`uuid, project_uuid AS project, resource_type_uuid AS type, ${nameOf('creator_number')} AS creator,
    origin_uuid AS origin, name, description, ${raw(Object.values(FILES).join(', '))}, has_thumb AS "hasThumb",
    processing_status AS status, error_summary AS "errorSummary", error_details AS "errorDetails", ${TIMES}`,
  long: ['description', 'error_summary', 'error_details', ...Object.values(FILES)],
  elements: (rows) => rows.map(resourceText),
});

function resourceText(row: ResourceRow): string {
  const files = Object.entries(FILES).map(([member, column]) => fileMember(member, row[column]));
  return objectText({
    uuid: row.uuid,
    project: link('project', row.project),
    resource_type: link('resourcetype', row.type),
    creator: row.creator,
    name: row.name,
    description: row.description,
    ...(Object.fromEntries(files) as Members),
    has_thumb: Boolean(row.hasThumb),
    processing_status: row.status,
    error_summary: row.errorSummary,
    error_details: row.errorDetails,
    origin: maybeLink('output', row.origin),
    ...times(row),
  });
}

/** In an address `?` and `#` would end the path. */
function fileMember(member: string, path: string | null): [string, string | null] {
  if (path === null) return [member, null];
  return /[?#]/.test(path) ? [`${member}_path`, path] : [member, `/uploads/${path}`];
}

interface ResourceListRow extends TimesRow {
  readonly uuid: string;
  readonly project: string;
  readonly type: string | null;
  readonly origin: string | null;
  readonly name: string | null;
  readonly description: string | null;
}

/** Lists of resources, with what is in them in its order. */
export const resourceLists = collectionArray<ResourceListRow>(COLLECTIONS.resourcelist, {
  select: sql`uuid, project_uuid AS project, resource_type_uuid AS type, origin_uuid AS origin, name, description, ${TIMES}`,
  long: ['description'],
  besides: raw('(SELECT COUNT(*) * 60 FROM rodan_resource_list_item l WHERE l.list_uuid = rodan_resource_list.uuid)'),
  elements: async (rows, reader) => {
    const items = await itemsOf(reader, rows);
    return rows.map((row) =>
      objectText({
        uuid: row.uuid,
        project: link('project', row.project),
        resource_type: maybeLink('resourcetype', row.type),
        name: row.name,
        description: row.description,
        resources: items.get(row.uuid) ?? [],
        origin: maybeLink('output', row.origin),
        ...times(row),
      }),
    );
  },
});

async function itemsOf(
  reader: Reader,
  rows: readonly ResourceListRow[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const uuids = rows.map(({ uuid }) => uuid);
  const items = await reader.all<{ list: string; resource: string }>(
    sql`SELECT list_uuid AS list, resource_uuid AS resource FROM rodan_resource_list_item
      WHERE ${inList(reader.dialect, raw('list_uuid'), uuids, 'text')} ORDER BY list_uuid, position`,
  );
  return grouped(
    items,
    ({ list }) => list,
    ({ resource }) => link('resource', resource),
  );
}
