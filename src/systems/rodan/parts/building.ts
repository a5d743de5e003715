import { randomUUID } from 'node:crypto';
import { insertRows } from '../../../core/store/rows.js';
import type { Transaction } from '../../../core/store/transaction.js';
import type { Blueprint, PlannedPort } from './blueprint.js';

/** Makes the parts in a workflow that is locked; 500 rows with each statement. @param groupUuid group of the jobs */
export async function build(
  transaction: Transaction,
  { jobs, connections }: Blueprint,
  { workflowUuid, groupUuid }: { readonly workflowUuid: string; readonly groupUuid: string | null },
): Promise<void> {
  const made = jobs.map((job) => ({ ...job, uuid: randomUUID() }));
  const times = { created_at: transaction.now, updated_at: transaction.now };
  const inputs = new Map<string, string>();
  const outputs = new Map<string, string>();
  const jobRows = made.map(({ uuid, jobUuid, name, settings }) => {
    return { uuid, workflow_uuid: workflowUuid, job_uuid: jobUuid, group_uuid: groupUuid, name, settings, ...times };
  });
  await insertRows(transaction, 'rodan_workflow_job', jobRows);
  const inputRows = made.flatMap(({ uuid, inputPorts }) =>
    inputPorts.map((port) => portRow(port, uuid, 'input_port_type_uuid', inputs)),
  );
  await insertRows(transaction, 'rodan_input_port', inputRows);
  const outputRows = made.flatMap(({ uuid, outputPorts }) =>
    outputPorts.map((port) => portRow(port, uuid, 'output_port_type_uuid', outputs)),
  );
  await insertRows(transaction, 'rodan_output_port', outputRows);
  const wires = connections.map(({ inputKey, outputKey }) => {
    return {
      uuid: randomUUID(),
      input_port_uuid: known(inputs, inputKey),
      output_port_uuid: known(outputs, outputKey),
    };
  });
  await insertRows(transaction, 'rodan_connection', wires);
}

function portRow(
  { key, typeUuid, label }: PlannedPort,
  workflowJobUuid: string,
  typeColumn: string,
  made: Map<string, string>,
): Readonly<Record<string, string | boolean>> {
  const uuid = randomUUID();
  made.set(key, uuid);
  return { uuid, workflow_job_uuid: workflowJobUuid, [typeColumn]: typeUuid, label, extern: false };
}

function known(ports: ReadonlyMap<string, string>, key: string): string {
  const uuid = ports.get(key);
  if (uuid === undefined) throw new Error(`A connection has a port ${key} that was not made.`);
  return uuid;
}
