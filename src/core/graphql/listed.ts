import type { RecordList } from '../list/fields.js';
import type { OrderInput } from '../list/order.js';
import { RecordPage, type PageArguments } from '../list/page.js';
import { connection, type Connection } from './connection.js';
import type { OperationContext } from './context.js';
import { knowRows } from './loaders.js';

/**
 * A page of a whole list, read when it is selected.
 * @throws BuildgateError INVALID or TOO_EXPENSIVE naming the argument
 */
export function listed<Row extends { readonly id: number }>(
  context: OperationContext,
  list: RecordList,
  args: PageArguments,
  order: readonly OrderInput[],
): Connection<Row> {
  const page = new RecordPage<Row>(context.reader, list, args, context.limits, order, context.places);
  return connection(
    async () => {
      const read = await page.rows();
      knowRows(context, list, read.rows);
      return read;
    },
    () => page.total(),
  );
}
