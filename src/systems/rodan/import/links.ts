import type { BulkConnection, BulkRow, BulkTable } from '../../../core/import/bulk.js';
import { Fate } from '../../../core/import/stage.js';
import { raw, sql, type Sql } from '../../../core/store/sql.js';
import type { LinkKind } from '../link-kind.js';
import { portTypes, type Direction } from './catalogue.js';
import type { Collection } from './collection.js';
import { PROJECTS, RESOURCE_LISTS } from './projects.js';
import { WORKFLOW_JOB_GROUPS } from './workflows.js';

/** A set of links that each row of a collection has, kept in a table of its own. */
export interface LinkSet {
  /** The collection whose rows have them. */
  readonly owner: Collection;
  /** Temporary table: the owner's UUID in `owner`, and the columns of the table but its first. */
  readonly name: string;
  /** Its first column is the owner's UUID. */
  readonly table: string;
  /** Columns of the table, which those of the temporary table are for; all of them tell its rows apart. */
  readonly columns: readonly (readonly [own: string, column: string, type: 'bigint' | 'text'])[];
  /** What the links point to, and the column with their UUIDs; none where they are the names of users. */
  readonly target: { readonly field: string; readonly column: string; readonly to: LinkKind } | null;
  /** Further columns to work with. */
  readonly work?: readonly (readonly [name: string, type: 'bigint' | 'text'])[];
}

/** Admins and workers by name; their numbers are looked up when all users are there. */
export const PROJECT_MEMBERS: LinkSet = {
  owner: PROJECTS,
  name: 'import_project_member',
  table: 'rodan_project_member',
  columns: [
    ['owner', 'project_uuid', 'text'],
    ['role', 'role', 'bigint'],
    ['user_number', 'user_number', 'bigint'],
  ],
  target: null,
  work: [['name', 'text']],
};

export const LIST_ITEMS: LinkSet = {
  owner: RESOURCE_LISTS,
  name: 'import_resource_list_item',
  table: 'rodan_resource_list_item',
  columns: [
    ['owner', 'list_uuid', 'text'],
    ['item', 'position', 'bigint'],
    ['resource_uuid', 'resource_uuid', 'text'],
  ],
  target: { field: 'resources', column: 'resource_uuid', to: 'resource' },
};

/** Which workflow jobs are in a group. They say so themselves, too: it is a column of theirs. */
export const GROUP_MEMBERS: LinkSet = {
  owner: WORKFLOW_JOB_GROUPS,
  name: 'import_group_member',
  table: 'rodan_workflow_job',
  columns: [
    ['owner', 'group_uuid', 'text'],
    ['workflow_job_uuid', 'uuid', 'text'],
  ],
  target: { field: 'workflow_jobs', column: 'workflow_job_uuid', to: 'workflowjob' },
};

/** Which types of resources a type of port takes. */
export const acceptedTypes = (direction: Direction): LinkSet => ({
  owner: portTypes(direction),
  name: `import_${direction}_accepted`,
  table: `rodan_${direction}_port_type_resource_type`,
  columns: [
    ['owner', 'port_type_uuid', 'text'],
    ['resource_type_uuid', 'resource_type_uuid', 'text'],
  ],
  target: { field: 'resource_types', column: 'resource_type_uuid', to: 'resourcetype' },
});

/** Collects links of one kind. */
export class Links {
  readonly #connection: BulkConnection;
  readonly #source: BulkTable;
  #pending: BulkRow[] = [];

  private constructor(
    connection: BulkConnection,
    readonly set: LinkSet,
  ) {
    this.#connection = connection;
    const columns = set.columns.map(([own, , type]) => [own, type] as const);
    this.#source = { name: set.name, key: [], columns: [...columns, ...(set.work ?? [])] };
  }

  static async create(connection: BulkConnection, set: LinkSet): Promise<Links> {
    const links = new Links(connection, set);
    const collation = connection.dialect === 'postgresql' ? ' COLLATE "C"' : '';
    const columns = links.#source.columns.map(([name, type]) => `${name} ${type}${type === 'text' ? collation : ''}`);
    await connection.all(raw(`CREATE TEMPORARY TABLE ${set.name} (${columns.join(', ')})`));
    return links;
  }

  get pending(): number {
    return this.#pending.length;
  }

  /** Queues a link: the values of the columns, then those of the columns to work with. */
  add(row: BulkRow): void {
    this.#pending.push(row);
  }

  async flush(): Promise<void> {
    const rows = this.#pending;
    this.#pending = [];
    await this.#connection.insert(this.#source, rows);
  }

  /** Says that all links are there. */
  async complete(): Promise<void> {
    const { name } = this.set;
    await this.#connection.all(raw(`CREATE INDEX ${name}_owner ON ${name} (owner)`));
    if (this.#connection.dialect === 'postgresql') await this.#connection.all(raw(`ANALYZE ${name}`));
  }

  /** Gives the owners of the file the links that it says, and no others; they count as replaced when those are others. */
  async merge(): Promise<void> {
    const { name, table, columns, owner } = this.set;
    const [stage, target] = [raw(owner.stage.name), raw(table)];
    const same = raw(columns.map(([own, column]) => `t.${column} = s.${own}`).join(' AND '));
    const lost = sql`SELECT 1 FROM ${target} t WHERE ${this.#isOwned('t')}
      AND NOT EXISTS (SELECT 1 FROM ${raw(name)} s WHERE ${same})`;
    const missing = sql`NOT EXISTS (SELECT 1 FROM ${target} t WHERE ${same})`;
    await this.#connection.all(sql`UPDATE ${stage} SET fate = ${Fate.REPLACED} WHERE fate = ${Fate.UNCHANGED}
      AND (EXISTS (${lost}) OR EXISTS (SELECT 1 FROM ${raw(name)} s WHERE s.owner = ${stage}.uuid AND ${missing}))`);
    await this.#connection.all(sql`DELETE FROM ${target} AS t
      WHERE ${raw(columns[0]?.[1] ?? '')} IN (SELECT uuid FROM ${stage} WHERE fate <> ${Fate.UNCHANGED})
        AND NOT EXISTS (SELECT 1 FROM ${raw(name)} s WHERE ${same})`);
    const ownColumns = raw(columns.map(([own]) => `s.${own}`).join(', '));
    const targetColumns = raw(columns.map(([, column]) => column).join(', '));
    await this.#connection.all(sql`INSERT INTO ${target} (${targetColumns}) SELECT DISTINCT ${ownColumns}
      FROM ${raw(name)} s WHERE ${missing}`);
  }

  #isOwned(alias: string): Sql {
    const { columns, owner } = this.set;
    return raw(`${alias}.${columns[0]?.[1]} = ${owner.stage.name}.uuid`);
  }
}
