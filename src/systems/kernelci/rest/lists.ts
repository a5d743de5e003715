import { constantName, fieldOf, filterPath } from '../fields.js';
import type { RunOperation } from '../../../server/dialect.js';
import { followingSlices, MAX_WINDOW, type Slice, SLICE_ROWS } from '../../../server/sliced-list.js';
import type { Condition } from './conditions.js';
import type { ListQuery, Window } from './list-query.js';
import { type Document, groupValues } from './represent.js';
import type { Resource } from './resources.js';
import { filterOf, narrowedFilterOf, orderOf } from './selection.js';

/** A list of documents as it is read: how many match in all, and those of the window in slices. */
export interface Listing {
  readonly count: number;
  readonly slices: AsyncIterable<readonly Document[]>;
}

interface Node {
  readonly document: Document;
  /** Of tokens: kept apart from the document. */
  readonly token?: string | null;
}

interface Page extends Slice<Node> {
  readonly totalCount?: number;
}

/** Lists stand in the query itself or in the system's namespace. */
type ListData = { readonly list: Page } | { readonly kernelci: { readonly list: Page } };

function listIn(data: ListData): Page {
  return 'list' in data ? data.list : data.kernelci.list;
}

/**
 * Reads a list (contract kernelci section 5.3): the total and the first slice at once, each other slice when it is asked
 * for, after the cursor of the one before.
 */
export async function readList(
  run: RunOperation,
  resource: Resource,
  conditions: readonly Condition[],
  { window, sorting }: ListQuery,
): Promise<Listing> {
  const filter = filterOf(resource.collection, conditions);
  const orderBy = orderOf(resource.collection, sorting);
  const { rows, offset } = rowsOf(window);
  const read = async (first: number, from: { offset: number } | { after: string }): Promise<Page> => {
    const variables = { filter, orderBy, first, ...from, withTotal: 'offset' in from };
    return listIn(await run<ListData>(resource.list, variables));
  };
  const start = await read(Math.min(rows, SLICE_ROWS), { offset });
  return {
    count: start.totalCount!,
    slices: documentsOf(followingSlices(start, rows, (first, after) => read(first, { after }))),
  };
}

/** The first document of which the condition holds. */
export async function readOne(
  run: RunOperation,
  resource: Resource,
  condition: Condition,
): Promise<Document | undefined> {
  const filter = filterOf(resource.collection, [condition]);
  const orderBy = orderOf(resource.collection, { names: [], descending: false });
  const data = await run<ListData>(resource.list, { filter, orderBy, first: 1, withTotal: false });
  return listIn(data).nodes.map(documentOf)[0];
}

/** Rows to read and to skip; nothing is read behind the end of every list. */
function rowsOf({ limit, skip }: Window): { rows: number; offset: number } {
  if (skip > MAX_WINDOW) return { rows: 0, offset: 0 };
  const rows = limit === 0n || limit > MAX_WINDOW ? MAX_WINDOW : Number(limit);
  return { rows, offset: Number(skip) };
}

async function* documentsOf(slices: AsyncIterable<readonly Node[]>): AsyncGenerator<readonly Document[], void> {
  for await (const nodes of slices) yield nodes.map(documentOf);
}

/** The document of a node; that of a token with its value. */
export function documentOf({ document, token }: Node): Document {
  return token === undefined ? document : { ...document, token };
}

/**
 * The first document of each group (contract kernelci section 5.4): by SQL where it knows the members, else by going
 * through the sorted list, where the first document of a group comes first.
 */
export async function readGroups(
  run: RunOperation,
  resource: Resource,
  conditions: readonly Condition[],
  query: ListQuery,
): Promise<readonly Document[]> {
  const by = groupMembers(resource, query.aggregate);
  const { rows } = rowsOf({ ...query.window, skip: 0n });
  if (resource.groups === undefined || by === undefined) return walkGroups(run, resource, conditions, query, rows);
  const filter = narrowedFilterOf(resource.collection, conditions);
  const variables = { by, filter, orderBy: orderOf(resource.collection, query.sorting), first: rows };
  const { kernelci } = await run<{ kernelci: { groups: readonly Node[] } }>(resource.groups, variables);
  return kernelci.groups.map(documentOf);
}

/** Most members that SQL groups by. */
const MAX_GROUP_MEMBERS = 20;

/** What the schema calls the members; undefined when it does not know all of them. */
function groupMembers({ collection }: Resource, names: readonly string[]): string[] | undefined {
  if (names.length > MAX_GROUP_MEMBERS) return undefined;
  const members = names.map((name) => {
    const field = fieldOf(collection, name);
    return field && filterPath(collection, field) ? constantName(field) : undefined;
  });
  return members.every((member) => member !== undefined) ? members : undefined;
}

async function walkGroups(
  run: RunOperation,
  resource: Resource,
  conditions: readonly Condition[],
  query: ListQuery,
  rows: number,
): Promise<readonly Document[]> {
  const found = new Map<string, Document>();
  const { slices } = await readList(run, resource, conditions, { ...query, window: { limit: 0n, skip: 0n } });
  for await (const documents of slices) {
    for (const document of documents) {
      const group = JSON.stringify(groupValues(document, query.aggregate));
      if (!found.has(group)) found.set(group, document);
      if (found.size >= rows) return [...found.values()];
    }
  }
  return [...found.values()];
}
