import { sql } from '../../../core/store/sql.js';
import type { Transaction } from '../../../core/store/transaction.js';

/** A workflow that is locked is not valid any more, because it is made of something else (contract rodan, section 8). */
export async function invalidate(transaction: Transaction, workflowUuid: string): Promise<void> {
  await transaction.all(
    sql`UPDATE rodan_workflow SET valid = ${false}, updated_at = ${transaction.now}
      WHERE uuid = ${workflowUuid} AND valid = ${true}`,
  );
}
