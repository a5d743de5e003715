import { keptForLast } from '../kept-for-last.js';
import { childPages, countChildren, recordsById, recordsByLegacyId } from '../list/children.js';
import { countStates, type StateTotals } from '../list/count.js';
import type { RecordList } from '../list/fields.js';
import type { OrderInput } from '../list/order.js';
import { scopedFilter, type PageArguments, type PageRows, type RecordRow } from '../list/page.js';
import { BUILDS, EVENTS, JOBS, listOf } from '../list/records.js';
import type { Kind } from '../model/states.js';
import { inList, raw, sql } from '../store/sql.js';
import type { LoaderDefinition, OperationContext } from './context.js';

function byId(list: RecordList): LoaderDefinition<number, RecordRow | undefined> {
  return { name: `${list.table}ById`, read: ({ reader }, ids) => recordsById(reader, list, ids) };
}

const RECORD_BY_ID = { event: byId(EVENTS), build: byId(BUILDS), job: byId(JOBS) };

/** A record, or none; at once where the operation has read it before. */
export type LoadedRecord = RecordRow | Promise<RecordRow | undefined>;

/** A record by internal id: as the operation has read it before, or else batched. */
export function loadRecord(context: OperationContext, kind: Kind, id: number): LoadedRecord {
  const known = context.known(kind, id);
  if (known) return known;
  const { table } = listOf(kind);
  return context.load(RECORD_BY_ID[table as keyof typeof RECORD_BY_ID], id);
}

interface LegacyKey {
  readonly system: number;
  readonly legacyId: string;
}

function byLegacyId(list: RecordList): LoaderDefinition<LegacyKey, RecordRow | undefined> {
  return {
    name: `${list.table}ByLegacyId`,
    read: ({ reader }, keys) => recordsByLegacyId<RecordRow>(reader, list, keys),
    cacheKey: ({ system, legacyId }) => `${system}/${legacyId}`,
  };
}

const RECORD_BY_LEGACY_ID = { event: byLegacyId(EVENTS), build: byLegacyId(BUILDS), job: byLegacyId(JOBS) };

/** A record that a verb has changed, as it is now. */
export async function rereadRecord(context: OperationContext, kind: Kind, id: number): Promise<RecordRow | undefined> {
  context.forget();
  return loadRecord(context, kind, id);
}

/** Has an operation remember the rows of a list, where they are whole records. */
export function knowRows(context: OperationContext, list: RecordList, rows: readonly object[]): void {
  if (list.kind !== null && list === listOf(list.kind)) context.know(list.kind, rows as readonly RecordRow[]);
}

/** A record by its key in its system, batched. */
export function loadByLegacyId(context: OperationContext, kind: Kind, key: LegacyKey): Promise<RecordRow | undefined> {
  const { table } = listOf(kind);
  return context.load(RECORD_BY_LEGACY_ID[table as keyof typeof RECORD_BY_LEGACY_ID], key);
}

/** A project as rows carry it. */
export interface ProjectRow {
  readonly id: number;
  readonly system: number;
  readonly legacyId: string;
  readonly name: string;
}

/** Projects by internal id. */
export const PROJECT_BY_ID: LoaderDefinition<number, ProjectRow | undefined> = {
  name: 'projectById',
  read: async ({ reader }, ids) => {
    const rows = await reader.all<ProjectRow>(
      sql`SELECT id, system, legacy_id AS "legacyId", name FROM project WHERE ${inList(reader.dialect, raw('id'), ids, 'bigint')}`,
    );
    const found = new Map(rows.map((row) => [row.id, row]));
    return ids.map((id) => found.get(id));
  },
};

/** A list of children below records: which table, and the column that names the parent. */
export interface ChildList {
  readonly list: RecordList;
  readonly parentColumn: string;
  readonly defaultOrder: readonly OrderInput[];
}

/** How the children below one kind of parents are read. */
interface ChildLoaders {
  readonly stateTotals: LoaderDefinition<number, StateTotals>;
  readonly page: (args: PageArguments) => LoaderDefinition<number, PageRows<RecordRow>>;
}

const CHILD_LOADERS = new WeakMap<ChildList, ChildLoaders>();

function childLoaders(children: ChildList): ChildLoaders {
  const { list, parentColumn } = children;
  const made = CHILD_LOADERS.get(children) ?? {
    stateTotals: {
      name: `${list.table}StatesBy:${parentColumn}`,
      read: ({ reader }, ids) => countStates(reader, list, parentColumn, ids),
    },
    page: keptForLast((args) => childPageLoader(children, args)),
  };
  CHILD_LOADERS.set(children, made);
  return made;
}

/** Number of children by state, one statement for all parents of the operation. */
export function loadStateTotals(
  context: OperationContext,
  children: ChildList,
  parentId: number,
): Promise<StateTotals> {
  return context.load(childLoaders(children).stateTotals, parentId);
}

/** A page of children, one statement for all parents that are asked the same. */
export function loadChildPage(
  context: OperationContext,
  children: ChildList,
  parentId: number,
  args: PageArguments,
): Promise<PageRows<RecordRow>> {
  return context.load(childLoaders(children).page(args), parentId);
}

function childPageLoader(
  { list, parentColumn, defaultOrder }: ChildList,
  args: PageArguments,
): LoaderDefinition<number, PageRows<RecordRow>> {
  return {
    name: `${list.table}PageBy:${parentColumn}:${JSON.stringify(args)}`,
    read: async (asking, ids) => {
      const { reader, limits } = asking;
      const pages = await childPages<RecordRow>(reader, list, parentColumn, ids, args, limits, defaultOrder);
      for (const { rows } of pages) knowRows(asking, list, rows);
      return pages;
    },
  };
}

/** Number of children that match a filter, one statement for all parents that are asked the same. */
export function loadChildCount(
  context: OperationContext,
  children: ChildList,
  parentId: number,
  args: PageArguments,
): Promise<number> {
  const { list, parentColumn } = children;
  const filter = scopedFilter(list, args);
  return context.load(
    {
      name: `${list.table}CountBy:${parentColumn}:${JSON.stringify(filter)}`,
      read: ({ reader }, ids: readonly number[]) => countChildren(reader, list, parentColumn, ids, filter),
    },
    parentId,
  );
}
