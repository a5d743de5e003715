import { randomUUID } from 'node:crypto';
import { first } from '../../../core/store/reader.js';
import { insertRows } from '../../../core/store/rows.js';
import { raw, sql } from '../../../core/store/sql.js';
import type { Store } from '../../../core/store/store.js';
import type { Transaction } from '../../../core/store/transaction.js';
import { RodanCheck } from '../check.js';
import { TEXT_RULES } from '../field-rules.js';
import { invalidate } from './invalidating.js';
import { lockPart, lockWorkflow, notFound, storedUuid } from './locking.js';
import { readJob, readPort, type Direction, type PlacedPort } from './places.js';
import { removeConnections, removeCrossing } from './removing-workflows.js';
import { refusal, runVerb, type Verb, type VerbCaller } from './verb.js';

/** What can be said of a port. */
export interface PortInput {
  readonly workflowJob?: unknown;
  /** Of an input port. */
  readonly inputPortType?: unknown;
  /** Of an output port. */
  readonly outputPortType?: unknown;
  readonly label?: string | null;
}

/** What the two directions of ports differ in. */
const SIDES = {
  input: {
    word: 'input',
    table: 'rodan_input_port',
    types: 'rodan_input_port_type',
    typeField: 'input_port_type',
    typeMember: 'inputPortType',
    typeColumn: 'input_port_type_uuid',
    typeKind: 'inputporttype',
  },
  output: {
    word: 'output',
    table: 'rodan_output_port',
    types: 'rodan_output_port_type',
    typeField: 'output_port_type',
    typeMember: 'outputPortType',
    typeColumn: 'output_port_type_uuid',
    typeKind: 'outputporttype',
  },
} as const;

const FROZEN = 'To modify this field, you should first remove its workflow job from the group.';
const { label: LABEL } = TEXT_RULES.port;

/** What a request says, looked up; undefined where it says nothing. */
interface Said {
  readonly workflowJobUuid: string | undefined;
  readonly typeUuid: string | undefined;
  readonly label: string | null | undefined;
}

/**
 * What happens to the input or output ports of workflow jobs (contract rodan, sections 8, 9.4 and 10), one transaction
 * each. All throw BuildgateError: UNAUTHENTICATED, NOT_FOUND when it is not to be seen, INVALID with the faults of fields.
 */
export class PortService {
  readonly #side: (typeof SIDES)[Direction];

  constructor(
    private readonly store: Store,
    private readonly direction: Direction,
  ) {
    this.#side = SIDES[direction];
  }

  /** Adds a port to a workflow job, whose workflow is not valid any more; gives its uuid. */
  create(caller: VerbCaller, input: PortInput, check?: RodanCheck | null): Promise<string | null> {
    return runVerb(this.store, caller, check, async (verb) => {
      const job = await verb.requiredLink('workflow_job', input.workflowJob, 'workflowjob');
      const type = await verb.requiredLink(this.#side.typeField, input[this.#side.typeMember], this.#side.typeKind);
      const label = verb.text('label', input.label, LABEL);
      if (verb.ends(RodanCheck.FIELDS) || verb.ends(RodanCheck.ALL)) return null;
      return this.#insert(verb, { workflowJobUuid: job?.uuid ?? '', typeUuid: type?.uuid ?? '', label });
    });
  }

  /** Changes what is given. Nothing of it can be changed while its workflow job is in a group. */
  update(caller: VerbCaller, id: string, input: PortInput, check?: RodanCheck | null): Promise<string | null> {
    return runVerb(this.store, caller, check, async (verb) => {
      const old = await this.#locked(verb, id);
      const job = await verb.link('workflow_job', input.workflowJob, 'workflowjob');
      const type = await verb.link(this.#side.typeField, input[this.#side.typeMember], this.#side.typeKind);
      const label = verb.text('label', input.label, LABEL);
      if (verb.ends(RodanCheck.FIELDS)) return null;
      if (old.groupUuid !== null) verb.freeze(this.#sent(input), FROZEN);
      if (verb.ends(RodanCheck.ALL)) return null;
      await this.#store(verb, old, { workflowJobUuid: job?.uuid, typeUuid: type?.uuid, label });
      return old.uuid;
    });
  }

  /** Deletes a port with its connections. Throws INVALID while its workflow job is in a group. */
  delete(caller: VerbCaller, id: string): Promise<void> {
    return runVerb(this.store, caller, null, async (verb) => {
      const { transaction } = verb;
      const { uuid, workflowUuid, groupUuid } = await this.#locked(verb, id);
      const { word, table } = this.#side;
      if (groupUuid !== null) {
        throw refusal(`To delete this ${word} port, you should first remove its workflow job from the group.`);
      }
      await removeConnections(transaction, this.direction, sql`${uuid}`);
      await transaction.all(sql`DELETE FROM ${raw(table)} WHERE uuid = ${uuid}`);
      await invalidate(transaction, workflowUuid);
    });
  }

  #sent({ workflowJob, label, ...input }: PortInput): Readonly<Record<string, unknown>> {
    return { workflow_job: workflowJob, [this.#side.typeField]: input[this.#side.typeMember], label };
  }

  #locked({ transaction, viewer }: Verb, id: string): Promise<PlacedPort> {
    const uuid = storedUuid(id);
    return lockPart(transaction, viewer, () => readPort(transaction, this.direction, uuid));
  }

  async #typeName(transaction: Transaction, uuid: string): Promise<string> {
    const type = await first<{ name: string }>(
      transaction,
      sql`SELECT name FROM ${raw(this.#side.types)} WHERE uuid = ${uuid}`,
    );
    if (!type) throw notFound();
    return type.name;
  }

  async #insert(
    { transaction, viewer }: Verb,
    { workflowJobUuid, typeUuid, label }: Said & { readonly workflowJobUuid: string; readonly typeUuid: string },
  ): Promise<string> {
    const uuid = randomUUID();
    const { workflowUuid } = await lockPart(transaction, viewer, () => readJob(transaction, workflowJobUuid));
    const row = { uuid, workflow_job_uuid: workflowJobUuid, [this.#side.typeColumn]: typeUuid, extern: false };
    await insertRows(transaction, this.#side.table, [
      { ...row, label: label || (await this.#typeName(transaction, typeUuid)) },
    ]);
    await invalidate(transaction, workflowUuid);
    return uuid;
  }

  async #store({ transaction }: Verb, old: PlacedPort, said: Said): Promise<void> {
    const { workflowJobUuid = old.workflowJobUuid, typeUuid = old.typeUuid } = said;
    const isMoved = workflowJobUuid !== old.workflowJobUuid;
    const target = isMoved ? await readJob(transaction, workflowJobUuid) : old;
    if (!target) throw notFound();
    if (target.workflowUuid !== old.workflowUuid) await lockWorkflow(transaction, target.workflowUuid);
    const label = said.label === undefined ? old.label : said.label || (await this.#typeName(transaction, typeUuid));
    await transaction.all(
      sql`UPDATE ${raw(this.#side.table)} SET workflow_job_uuid = ${workflowJobUuid},
          ${raw(this.#side.typeColumn)} = ${typeUuid}, label = ${label} WHERE uuid = ${old.uuid}`,
    );
    if (!isMoved && typeUuid === old.typeUuid) return;
    if (target.workflowUuid !== old.workflowUuid) {
      const { workflowUuid } = target;
      await removeCrossing(transaction, { workflowJobUuid, workflowUuid });
      await invalidate(transaction, workflowUuid);
    }
    await invalidate(transaction, old.workflowUuid);
  }
}
