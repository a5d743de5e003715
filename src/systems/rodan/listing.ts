import { connection, type Connection } from '../../core/graphql/connection.js';
import type { OperationContext } from '../../core/graphql/context.js';
import { loadByLegacyId } from '../../core/graphql/loaders.js';
import type { FilterInput } from '../../core/list/filter.js';
import { RecordPage, type PageArguments } from '../../core/list/page.js';
import { BUILDS, JOBS } from '../../core/list/records.js';
import { Kind, System } from '../../core/model/states.js';
import type { RowKind } from './kinds.js';
import { rowBy, type OwnRow } from './reads.js';
import { viewableFilter } from './viewable.js';

/** Rows of a kind, one by one and in pages (contract rodan, sections 4 and 5). */

/** Conditions that all must hold; nothing is asked where there is none. */
function all(...filters: readonly (FilterInput | null | undefined)[]): FilterInput | null {
  const given = filters.filter((filter) => filter !== null && filter !== undefined && Object.keys(filter).length > 0);
  return given.length > 1 ? { and: given } : (given[0] ?? null);
}

/** Records of every system stand in these tables. */
function ofRodan({ list }: RowKind): FilterInput | null {
  return list === BUILDS || list === JOBS ? { system: { eq: System.RODAN } } : null;
}

/** Arguments of a list that can be asked for what the caller may see. */
export interface ViewableArguments extends PageArguments {
  readonly viewable?: boolean | null;
}

/** A page of rows of a kind, read when it is selected. */
export function listOf(context: OperationContext, kind: RowKind, args: ViewableArguments): Connection<OwnRow> {
  const { list, order, project } = kind;
  const read = async (): Promise<RecordPage<OwnRow>> => {
    const seen = args.viewable && project ? await viewableFilter(context, project) : null;
    // What only this system's records have needs no system beside, whose index would be taken for its order.
    const filter = all(seen ?? ofRodan(kind), args.filter);
    return new RecordPage<OwnRow>(context.reader, list, { ...args, filter }, context.limits, order, context.places);
  };
  let page: Promise<RecordPage<OwnRow>> | undefined;
  return connection(
    async () => (await (page ??= read())).rows(),
    async () => (await (page ??= read())).total(),
  );
}

/** One row of a kind; undefined when there is none, or the caller asks for what they may see and may not see it. */
export async function oneOf(
  context: OperationContext,
  kind: RowKind,
  uuid: string,
  viewable: boolean,
): Promise<object | undefined> {
  const { list, project } = kind;
  const records = list === BUILDS ? Kind.BUILD : list === JOBS ? Kind.JOB : null;
  if (viewable && project) {
    const sought = { uuid: { eq: uuid } };
    const filter = records === null ? sought : { rodan: sought };
    return (await listOf(context, kind, { filter, first: 1, viewable }).nodes())[0];
  }
  if (records !== null) return loadByLegacyId(context, records, { system: System.RODAN, legacyId: uuid });
  return context.load(rowBy<OwnRow, string>(list, 'uuid'), uuid);
}
