import type { LoaderDefinition } from '../../core/graphql/context.js';
import { allChildren, countChildren, recordsByKey } from '../../core/list/children.js';
import type { RecordList } from '../../core/list/fields.js';
import { selectColumns } from '../../core/list/columns.js';
import type { RecordRow } from '../../core/list/page.js';
import type { Reader } from '../../core/store/reader.js';
import { inList, raw, sql } from '../../core/store/sql.js';
import { CONNECTIONS, INPUT_PORTS, OUTPUT_PORTS, RODAN_USERS } from './lists.js';
import { ADMIN, STRANGER, WORKER, type Standing } from './rights.js';
import { viewerOf } from './viewer.js';

/** Batched reads of Rodan's rows. */

/** A row of a table of Rodan; the other members are those that its list declares. */
export type OwnRow = Readonly<Record<string, unknown>> & { readonly id: number; readonly uuid: string };

/** A project as rows carry it. */
export interface ProjectRow extends OwnRow {
  readonly name: string;
  readonly creatorNumber: number;
}

/** A workflow as rows carry it. */
export interface WorkflowRow extends OwnRow {
  readonly valid: boolean | number;
}

/** A user as rows carry it. */
export interface UserRow {
  /** Id of the member. */
  readonly id: number;
  readonly number: number;
  readonly email: string;
  /** Read along where that costs no statement. */
  readonly username?: string;
}

/** A workflow run as rows carry it. */
export interface RunRow extends RecordRow {
  readonly rodanProjectUuid: string;
  readonly rodanWorkflowUuid: string | null;
  readonly rodanCreatorNumber: number | null;
  readonly rodanLastRedoneRunJobTreeUuid: string | null;
}

/** Rows of a list by a column without duplicates. */
export function rowBy<Row extends object, Key extends number | string>(
  list: RecordList,
  column: string,
): LoaderDefinition<Key, Row | undefined> {
  return {
    name: `rodan:${list.table}By:${column}`,
    read: ({ reader }, keys) => recordsByKey<Row, Key>(reader, list, column, keys),
  };
}

/** All rows of a list that name a row by a column, in the order of creation. */
export function rowsOf<Row extends object, Key extends number | string>(
  list: RecordList,
  column: string,
): LoaderDefinition<Key, readonly Row[]> {
  return {
    name: `rodan:${list.table}Of:${column}`,
    read: ({ reader }, keys) => allChildren<Row, Key>(reader, list, column, keys),
  };
}

/** Number of rows of a list that name a row by a column. */
export function countOf(list: RecordList, column: string): LoaderDefinition<string, number> {
  return {
    name: `rodan:${list.table}Count:${column}`,
    read: ({ reader }, keys) => countChildren<string>(reader, list, column, keys),
  };
}

/** A table of pairs between a row and the rows that it has several of. */
export interface Pairs {
  readonly table: string;
  /** Column with the uuid of the row. */
  readonly from: string;
  /** Column with the uuid of what it has. */
  readonly to: string;
  /** What the rows are ordered by: a column of the pairs, or `t.id`. */
  readonly order: string;
}

/** Rows of a list that a row has by a table of pairs. */
export function pairedRows(
  list: RecordList,
  { table, from, to, order }: Pairs,
): LoaderDefinition<string, readonly OwnRow[]> {
  return {
    name: `rodan:${list.table}Through:${table}`,
    read: async ({ reader }, uuids) => {
      const rows = await reader.all<OwnRow & { readonly parent: string }>(
        sql`SELECT ${selectColumns(list)}, ${raw(`pairs.${from}`)} AS "parent" FROM ${raw(`${table} pairs`)}
          JOIN ${raw(`${list.table} t ON t.uuid = pairs.${to}`)}
          WHERE ${inList(reader.dialect, raw(`pairs.${from}`), uuids, 'text')} ORDER BY ${raw(`pairs.${from}, ${order}`)}`,
      );
      const byParent = Map.groupBy(rows, ({ parent }) => parent);
      return uuids.map((uuid) => byParent.get(uuid) ?? []);
    },
  };
}

function partsOf(list: RecordList, belongs: string): LoaderDefinition<string, readonly OwnRow[]> {
  return {
    name: `rodan:${list.table}OfWorkflow`,
    read: async ({ reader }, uuids) => {
      const rows = await reader.all<OwnRow & { readonly parent: string }>(
        sql`SELECT ${selectColumns(list)}, part.workflow_uuid AS "parent" FROM rodan_workflow_job part
          JOIN ${raw(`${belongs} WHERE`)} ${inList(reader.dialect, raw('part.workflow_uuid'), uuids, 'text')} ORDER BY t.id`,
      );
      const byWorkflow = Map.groupBy(rows, ({ parent }) => parent);
      return uuids.map((uuid) => byWorkflow.get(uuid) ?? []);
    },
  };
}

/** What the workflow jobs of a workflow have, by its uuid and in the order of creation. */
export const PARTS_OF_WORKFLOW = {
  inputPorts: partsOf(INPUT_PORTS, 'rodan_input_port t ON t.workflow_job_uuid = part.uuid'),
  outputPorts: partsOf(OUTPUT_PORTS, 'rodan_output_port t ON t.workflow_job_uuid = part.uuid'),
  connections: partsOf(
    CONNECTIONS,
    'rodan_input_port port ON port.workflow_job_uuid = part.uuid JOIN rodan_connection t ON t.input_port_uuid = port.uuid',
  ),
};
/** Name of such a part. */
export type PartKind = keyof typeof PARTS_OF_WORKFLOW;

/** A user by number, with the name. */
export const USER_BY_NUMBER: LoaderDefinition<number, UserRow | undefined> = {
  name: 'rodan:userByNumber',
  read: async ({ reader }, numbers) => {
    const rows = await reader.all<UserRow>(
      sql`SELECT ${selectColumns(RODAN_USERS)}, member.name AS username FROM rodan_user t
        JOIN member ON member.id = t.id WHERE ${inList(reader.dialect, raw('t.number'), numbers, 'bigint')}`,
    );
    const byNumber = new Map(rows.map((row) => [row.number, row]));
    return numbers.map((number) => byNumber.get(number));
  },
};

/** Name of a user by the id of the member. */
export const NAME_OF_USER: LoaderDefinition<number, string> = {
  name: 'rodan:nameOfUser',
  read: async ({ reader }, ids) => {
    const rows = await reader.all<{ id: number; name: string }>(
      sql`SELECT id, name FROM member WHERE ${inList(reader.dialect, raw('id'), ids, 'bigint')}`,
    );
    const byId = new Map(rows.map(({ id, name }) => [id, name]));
    return ids.map((id) => byId.get(id) ?? '');
  },
};

/** A user with a role in a project. */
type MemberRow = UserRow & { readonly parent: string; readonly role: number };

/** Admins and workers of a project, by number. */
export const MEMBERS_OF_PROJECT: LoaderDefinition<string, { admins: readonly UserRow[]; workers: readonly UserRow[] }> =
  {
    name: 'rodan:membersOfProject',
    read: async ({ reader }, uuids) => {
      const rows = await reader.all<MemberRow>(
        sql`SELECT ${selectColumns(RODAN_USERS)}, member.name AS username, pairs.project_uuid AS parent, pairs.role AS role
        FROM rodan_project_member pairs JOIN rodan_user t ON t.number = pairs.user_number JOIN member ON member.id = t.id
        WHERE ${inList(reader.dialect, raw('pairs.project_uuid'), uuids, 'text')} ORDER BY t.number`,
      );
      const byProject = Map.groupBy(rows, ({ parent }) => parent);
      return uuids.map((uuid) => {
        const members = byProject.get(uuid) ?? [];
        const ofRole = (role: number): MemberRow[] => members.filter((member) => member.role === role);
        return { admins: ofRole(ADMIN), workers: ofRole(WORKER) };
      });
    },
  };

/** What whoever is asking is to a project. */
export const STANDING_IN_PROJECT: LoaderDefinition<ProjectRow, Standing> = {
  name: 'rodan:standing',
  cacheKey: ({ uuid }) => uuid,
  read: async (context, projects) => {
    const number = (await viewerOf(context))?.number ?? null;
    if (number === null) return projects.map(() => STRANGER);
    const uuids = projects.map(({ uuid }) => uuid);
    const rows = await rolesOf(context.reader, number, uuids);
    const held = new Set(rows.map(({ project, role }) => `${project}/${role}`));
    return projects.map(({ uuid, creatorNumber }) => ({
      creator: creatorNumber === number,
      admin: held.has(`${uuid}/${ADMIN}`),
      worker: held.has(`${uuid}/${WORKER}`),
    }));
  },
};

function rolesOf(
  reader: Reader,
  number: number,
  uuids: readonly string[],
): Promise<{ project: string; role: number }[]> {
  return reader.all(
    sql`SELECT project_uuid AS project, role FROM rodan_project_member
      WHERE user_number = ${number} AND ${inList(reader.dialect, raw('project_uuid'), uuids, 'text')}`,
  );
}

/** Of the run jobs of a workflow run: the distinct elements of the collection that they are for, null for none. */
export const ELEMENTS_OF_RUN: LoaderDefinition<number, readonly (string | null)[]> = {
  name: 'rodan:elementsOfRun',
  read: async ({ reader }, ids) => {
    const rows = await reader.all<{ run: number; element: string | null }>(
      sql`SELECT build_id AS run, rodan_resource_uuid AS element FROM job
        WHERE ${inList(reader.dialect, raw('build_id'), ids, 'bigint')}
        GROUP BY build_id, rodan_resource_uuid ORDER BY MIN(id)`,
    );
    const byRun = Map.groupBy(rows, ({ run }) => run);
    return ids.map((id) => (byRun.get(id) ?? []).map(({ element }) => element));
  },
};

/** Words to tell a workflow run apart by (contract rodan, section 13). */
export const TAGS_OF_RUN: LoaderDefinition<number, readonly string[]> = {
  name: 'rodan:tagsOfRun',
  read: (context, ids) =>
    tags(context.reader, ids, sql`SELECT id, rodan_workflow_uuid AS workflow FROM build WHERE `, 'id'),
};

/** Words to tell a run job apart by (contract rodan, section 13). */
export const TAGS_OF_RUN_JOB: LoaderDefinition<number, readonly string[]> = {
  name: 'rodan:tagsOfRunJob',
  read: (context, ids) =>
    tags(
      context.reader,
      ids,
      sql`SELECT job.id AS id, definition.category AS category, job.rodan_workflow_job_uuid AS part,
        job.rodan_resource_uuid AS element
        FROM job LEFT JOIN rodan_job definition ON definition.name = job.name WHERE `,
      'job.id',
    ),
};

async function tags(
  reader: Reader,
  ids: readonly number[],
  select: ReturnType<typeof sql>,
  column: string,
): Promise<string[][]> {
  const rows = await reader.all<{ id: number } & Record<string, string | number | null>>(
    sql`${select}${inList(reader.dialect, raw(column), ids, 'bigint')}`,
  );
  const byId = new Map(rows.map(({ id, ...words }) => [id, Object.values(words)]));
  return ids.map((id) =>
    (byId.get(id) ?? []).filter((word): word is string => typeof word === 'string' && word !== ''),
  );
}
