import {
  changeCursor,
  changesAfter,
  checkChangeFilter,
  countChanges,
  parseChangeCursor,
  type Change,
  type ChangeFilter,
} from '../changes/log.js';
import { BuildgateError } from '../errors.js';
import type { Kind } from '../model/states.js';
import { connection, type Connection } from './connection.js';
import type { OperationContext } from './context.js';

/** A page of the change log as the executor walks it. */
export type ChangeConnection = Connection<Change>;

/** Which part of the log. */
export interface ChangePageArguments {
  readonly filter?: ChangeFilter | null;
  readonly first?: number | null;
  readonly after?: string | null;
  readonly record?: { readonly kind: Kind; readonly id: number };
}

/**
 * A page of the change log, oldest first.
 * @throws BuildgateError INVALID naming the argument
 */
export function changeConnection(context: OperationContext, args: ChangePageArguments): ChangeConnection {
  const { defaultSize, maxSize } = context.limits;
  const size = args.first ?? defaultSize;
  if (size < 0) throw new BuildgateError('INVALID', 'first: must not be negative.');
  if (size > maxSize) throw new BuildgateError('INVALID', `first: at most ${maxSize}.`);
  const after = args.after === null || args.after === undefined ? null : parseChangeCursor(args.after);
  const scope = { filter: checkChangeFilter(args.filter), ...(args.record ? { record: args.record } : {}) };
  let page: ReturnType<typeof read> | undefined;
  const read = async () => {
    const found = await changesAfter(context.reader, after ?? 0, size + 1, scope);
    const rows = found.slice(0, size);
    return { rows, cursors: rows.map(changeCursor), hasNextPage: found.length > size, hasPreviousPage: after !== null };
  };
  return connection(
    () => (page ??= read()),
    () => countChanges(context.reader, scope),
  );
}
