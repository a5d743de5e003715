import { randomUUID } from 'node:crypto';
import { insertRows } from '../../../core/store/rows.js';
import { sql } from '../../../core/store/sql.js';
import type { Store } from '../../../core/store/store.js';
import type { Transaction } from '../../../core/store/transaction.js';
import { RodanCheck } from '../check.js';
import { NON_FIELD_ERRORS } from '../field-rules.js';
import { invalidate } from './invalidating.js';
import { lockPart, lockWorkflows, notFound, storedUuid } from './locking.js';
import { readConnection, readPort, type PlacedConnection } from './places.js';
import { refusal, runVerb, type Verb, type VerbCaller } from './verb.js';

/** What can be said of a connection. */
export interface ConnectionInput {
  readonly inputPort?: unknown;
  readonly outputPort?: unknown;
}

/** The ends of a connection. */
interface Ends {
  readonly inputPortUuid: string;
  readonly outputPortUuid: string;
}

const FROZEN = 'To modify this field, you should first remove one of its related workflow jobs from the group.';
const FROZEN_HERE =
  'To delete this connection, you should first remove one of its related workflow jobs from the group.';
const APART = 'The InputPort is not in the same workflow as the OutputPort.';

/**
 * What happens to connections (contract rodan, sections 8, 9.4 and 10), one transaction each. All throw BuildgateError:
 * UNAUTHENTICATED, NOT_FOUND when it is not to be seen, INVALID with the faults of fields.
 */
export class ConnectionService {
  constructor(private readonly store: Store) {}

  /** Connects two ports of a workflow, which is not valid any more; gives the uuid. */
  create(caller: VerbCaller, input: ConnectionInput, check?: RodanCheck | null): Promise<string | null> {
    return runVerb(this.store, caller, check, async (verb) => {
      const inputPort = await verb.requiredLink('input_port', input.inputPort, 'inputport');
      const outputPort = await verb.requiredLink('output_port', input.outputPort, 'outputport');
      if (verb.ends(RodanCheck.FIELDS)) return null;
      const ends = { inputPortUuid: inputPort?.uuid ?? '', outputPortUuid: outputPort?.uuid ?? '' };
      const workflowUuid = await lockEnds(verb, ends);
      if (verb.ends(RodanCheck.ALL)) return null;
      const uuid = randomUUID();
      const row = { uuid, input_port_uuid: ends.inputPortUuid, output_port_uuid: ends.outputPortUuid };
      await insertRows(verb.transaction, 'rodan_connection', [row]);
      await invalidate(verb.transaction, workflowUuid);
      return uuid;
    });
  }

  /** Rewires a connection. Not possible inside of a group. */
  update(caller: VerbCaller, id: string, input: ConnectionInput, check?: RodanCheck | null): Promise<string | null> {
    return runVerb(this.store, caller, check, async (verb) => {
      const old = await lockedConnection(verb, id);
      const inputPort = await verb.link('input_port', input.inputPort, 'inputport');
      const outputPort = await verb.link('output_port', input.outputPort, 'outputport');
      if (verb.ends(RodanCheck.FIELDS)) return null;
      const ends = {
        inputPortUuid: inputPort?.uuid ?? old.inputPortUuid,
        outputPortUuid: outputPort?.uuid ?? old.outputPortUuid,
      };
      const workflowUuid = await lockEnds(verb, ends);
      verb.faults.refuse();
      if (isFrozen(old)) verb.freeze({ input_port: input.inputPort, output_port: input.outputPort }, FROZEN);
      if (verb.ends(RodanCheck.ALL)) return null;
      await rewire(verb.transaction, old, { ...ends, workflowUuid });
      return old.uuid;
    });
  }

  /** Deletes a connection. Throws INVALID inside of a group. */
  delete(caller: VerbCaller, id: string): Promise<void> {
    return runVerb(this.store, caller, null, async (verb) => {
      const connection = await lockedConnection(verb, id);
      if (isFrozen(connection)) throw refusal(FROZEN_HERE);
      await verb.transaction.all(sql`DELETE FROM rodan_connection WHERE uuid = ${connection.uuid}`);
      await invalidate(verb.transaction, connection.workflowUuid);
    });
  }
}

function lockedConnection({ transaction, viewer }: Verb, id: string): Promise<PlacedConnection> {
  const uuid = storedUuid(id);
  return lockPart(transaction, viewer, () => readConnection(transaction, uuid));
}

/** Whether both ends are in one group. */
function isFrozen({ inputGroupUuid, outputGroupUuid }: PlacedConnection): boolean {
  return inputGroupUuid !== null && inputGroupUuid === outputGroupUuid;
}

/** Locks the workflow that both ends are in, and notes the fault when there is none; gives its uuid. */
async function lockEnds({ transaction, faults }: Verb, { inputPortUuid, outputPortUuid }: Ends): Promise<string> {
  const workflows = async (): Promise<readonly [string, string]> => {
    const input = await readPort(transaction, 'input', inputPortUuid);
    const output = await readPort(transaction, 'output', outputPortUuid);
    if (!input || !output) throw notFound();
    return [input.workflowUuid, output.workflowUuid];
  };
  for (;;) {
    const before = await workflows();
    await lockWorkflows(transaction, before);
    const [ofInput, ofOutput] = await workflows();
    if (ofInput !== before[0] || ofOutput !== before[1]) continue;
    if (ofInput !== ofOutput) faults.add(NON_FIELD_ERRORS, APART);
    return ofInput;
  }
}

async function rewire(
  transaction: Transaction,
  old: PlacedConnection,
  { inputPortUuid, outputPortUuid, workflowUuid }: Ends & { readonly workflowUuid: string },
): Promise<void> {
  if (inputPortUuid === old.inputPortUuid && outputPortUuid === old.outputPortUuid) return;
  await transaction.all(
    sql`UPDATE rodan_connection SET input_port_uuid = ${inputPortUuid}, output_port_uuid = ${outputPortUuid}
      WHERE uuid = ${old.uuid}`,
  );
  await invalidate(transaction, workflowUuid);
  if (workflowUuid !== old.workflowUuid) await invalidate(transaction, old.workflowUuid);
}
