import { raw, sql, type Sql } from '../../../core/store/sql.js';
import type { Transaction } from '../../../core/store/transaction.js';
import type { Direction } from './places.js';

/** How workflows and their parts are deleted: a fixed number of statements, whatever is deleted. */

/**
 * Deletes connections of ports.
 * @param ports uuid of a port, or a SELECT of uuids
 */
export async function removeConnections(transaction: Transaction, direction: Direction, ports: Sql): Promise<void> {
  const end = direction === 'input' ? sql`input_port_uuid` : sql`output_port_uuid`;
  await transaction.all(sql`DELETE FROM rodan_connection WHERE ${end} IN (${ports})`);
}

/** Deletes the connections of a workflow job with those of other workflows, from where it or a port of it was moved. */
export async function removeCrossing(
  transaction: Transaction,
  { workflowJobUuid, workflowUuid }: { readonly workflowJobUuid: string; readonly workflowUuid: string },
): Promise<void> {
  for (const [own, other] of [
    ['input', 'output'],
    ['output', 'input'],
  ] as const) {
    await transaction.all(
      sql`DELETE FROM rodan_connection
        WHERE ${raw(`${own}_port_uuid`)} IN
            (SELECT uuid FROM ${raw(`rodan_${own}_port`)} WHERE workflow_job_uuid = ${workflowJobUuid})
          AND NOT EXISTS (SELECT 1 FROM ${raw(`rodan_${other}_port`)} port
            JOIN rodan_workflow_job part ON part.uuid = port.workflow_job_uuid
            WHERE port.uuid = rodan_connection.${raw(`${other}_port_uuid`)} AND part.workflow_uuid = ${workflowUuid})`,
    );
  }
}

/**
 * Deletes workflow jobs with their ports and the connections of those.
 * @param scope condition on rows of `rodan_workflow_job`
 */
export async function removeWorkflowJobs(transaction: Transaction, scope: Sql): Promise<void> {
  const jobs = sql`SELECT rodan_workflow_job.uuid FROM rodan_workflow_job WHERE ${scope}`;
  const portsIn = (table: Sql): Sql =>
    sql`SELECT port.uuid FROM ${table} port WHERE port.workflow_job_uuid IN (${jobs})`;
  const [inputs, outputs] = [portsIn(sql`rodan_input_port`), portsIn(sql`rodan_output_port`)];
  await removeConnections(transaction, 'input', inputs);
  await removeConnections(transaction, 'output', outputs);
  await transaction.all(sql`DELETE FROM rodan_input_port WHERE workflow_job_uuid IN (${jobs})`);
  await transaction.all(sql`DELETE FROM rodan_output_port WHERE workflow_job_uuid IN (${jobs})`);
  await transaction.all(sql`DELETE FROM rodan_workflow_job WHERE ${scope}`);
}

/**
 * Deletes workflows that are locked, with all that they are made of. Their runs stay without them, and so do groups that
 * were copied from them.
 * @param scope condition on rows of `rodan_workflow`
 */
export async function removeWorkflows(transaction: Transaction, scope: Sql): Promise<void> {
  const workflows = sql`SELECT rodan_workflow.uuid FROM rodan_workflow WHERE ${scope}`;
  await removeWorkflowJobs(transaction, sql`rodan_workflow_job.workflow_uuid IN (${workflows})`);
  await transaction.all(sql`DELETE FROM rodan_workflow_job_group WHERE workflow_uuid IN (${workflows})`);
  await transaction.all(
    sql`UPDATE rodan_workflow_job_group SET origin_uuid = NULL WHERE origin_uuid IN (${workflows})`,
  );
  await transaction.all(sql`UPDATE build SET rodan_workflow_uuid = NULL WHERE rodan_workflow_uuid IN (${workflows})`);
  await transaction.all(sql`DELETE FROM rodan_workflow WHERE ${scope}`);
}
