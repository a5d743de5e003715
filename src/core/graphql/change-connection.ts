import {
  changeCursor,
  changesAfter,
  changesOfRecords,
  checkChangeFilter,
  countChanges,
  countChangesOfRecords,
  parseChangeCursor,
  requireKept,
  type Change,
  type ChangeFilter,
} from '../changes/log.js';
import { BuildgateError } from '../errors.js';
import { Kind } from '../model/states.js';
import { connection, type Connection } from './connection.js';
import type { OperationContext } from './context.js';

/** A page of the change log as the executor walks it. */
export type ChangeConnection = Connection<Change>;

/** Where a page begins and how long it is. */
export interface ChangePageArguments {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
}

/**
 * A page of the change log, oldest first.
 * @throws BuildgateError INVALID naming the argument, CURSOR_EXPIRED when changes behind the cursor are not kept any more
 */
export function changeConnection(
  context: OperationContext,
  args: ChangePageArguments & { readonly filter?: ChangeFilter | null | undefined },
): ChangeConnection {
  const filter = checkChangeFilter(args.filter);
  return paged(
    context,
    args,
    (after, limit) => changesAfter(context.reader, after, limit, filter),
    () => countChanges(context.reader, filter),
  );
}

/**
 * A page of the changes of one record, oldest first: one statement for all records that are asked the same.
 * @throws BuildgateError INVALID naming the argument
 */
export function recordChanges(
  context: OperationContext,
  kind: Kind,
  recordId: number,
  args: ChangePageArguments,
): ChangeConnection {
  const noun = Kind[kind].toLowerCase();
  return paged(
    context,
    args,
    (after, limit) =>
      context.load(
        {
          name: `${noun}Changes:${after}:${limit}`,
          read: ({ reader }, ids: readonly number[]) => changesOfRecords(reader, kind, ids, { after, limit }),
        },
        recordId,
      ),
    () =>
      context.load(
        {
          name: `${noun}ChangeCount`,
          read: ({ reader }, ids: readonly number[]) => countChangesOfRecords(reader, kind, ids),
        },
        recordId,
      ),
  );
}

function paged(
  { limits: { defaultSize, maxSize }, reader }: OperationContext,
  { first, after: cursor }: ChangePageArguments,
  read: (after: number, limit: number) => Promise<readonly Change[]>,
  count: () => Promise<number>,
): ChangeConnection {
  const size = first ?? defaultSize;
  if (size < 0) throw new BuildgateError('INVALID', 'first: must not be negative.');
  if (size > maxSize) throw new BuildgateError('INVALID', `first: at most ${maxSize}.`);
  const after = cursor === null || cursor === undefined ? null : parseChangeCursor(cursor);
  const readPage = async () => {
    const found = await read(after ?? 0, size + 1);
    if (after !== null) await requireKept(reader, after);
    const rows = found.slice(0, size);
    return { rows, cursorOf: changeCursor, hasNextPage: found.length > size, hasPreviousPage: after !== null };
  };
  let page: ReturnType<typeof readPage> | undefined;
  let total: Promise<number> | undefined;
  return connection(
    () => (page ??= readPage()),
    () => (total ??= count()),
  );
}
