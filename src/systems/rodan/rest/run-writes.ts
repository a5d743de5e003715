import { BuildgateError } from '../../../core/errors.js';
import { isJsonObject } from '../../../core/json.js';
import { checkChoice, invalidFields, TEXT_RULES, type Checked } from '../field-rules.js';
import type { Body } from './body.js';
import { FIELDS, type Field } from './fields.js';
import { type InputRules, readInput, type ReadInput } from './inputs.js';
import { checking, creating, errorsOf, readBody, type Verb } from './writing.js';
import { ok } from './answers.js';
import type { Answering } from './exchange.js';
import { RUN_STATUS } from './collections.js';

const ASSIGNMENTS = 'resource_assignments';
const NAMES = { last_redone_runjob_tree: 'lastRedoneRunJobTree' };
const RULES: InputRules = { fields: FIELDS.workflowRun, texts: TEXT_RULES.workflowRun, names: NAMES };

/** Reads what starts a run (contract rodan, section 9.3). Assignments keep the order of the document. */
export function readNewRun(body: Body): ReadInput {
  const { input, faults } = readInput(body, RULES, false);
  if (!body.has(ASSIGNMENTS)) return { input, faults };
  return { input: { ...input, resourceAssignments: assignmentsOf(body) }, faults };
}

/** Answers POST of a run; what it says of ports that are still open are links as this client has them. */
export function creatingRun<Shown>(verb: Verb<Shown>): Answering {
  const create = creating(verb, readNewRun);
  return async (exchange) => {
    try {
      return await create(exchange);
    } catch (error) {
      const open = error instanceof BuildgateError ? error.details['unsatisfiedInputPorts'] : undefined;
      if (!Array.isArray(open)) throw error;
      const links = open.map((uuid: string) => exchange.links.of('inputport', uuid));
      throw invalidFields({ [ASSIGNMENTS]: [`There are still unsatisfied InputPorts: ${links.join(' ')}`] });
    }
  };
}

/** As the schema takes them: null where they are no object, with null for a value that is no list. */
function assignmentsOf(body: Body): object[] | null {
  if (!isJsonObject(body.get(ASSIGNMENTS))) return null;
  return body
    .orderedMembers(ASSIGNMENTS)
    .map(([inputPort, value]) => ({ inputPort, resources: Array.isArray(value) ? value : null }));
}

const isStatus = ({ name }: Field): boolean => name === 'status';
const PATCH_RULES: InputRules = { ...RULES, fields: FIELDS.workflowRun.filter((field) => !isStatus(field)) };
const STATUS_CODES = Object.keys(RUN_STATUS).map(Number);

/** Faults that count alone: the rules of status and redo come before the others (section 8). */
const FIRST_RULES = ['status', 'last_redone_runjob_tree'];

/** Answers PATCH of a run: cancel, retry, redo, or other names (section 8). */
export function patchingRun<Shown>(verb: Verb<Shown>): Answering {
  return async (exchange) => {
    const uuid = exchange.id;
    const body = await readBody(exchange, checking(verb, exchange));
    const status = body.has('status') ? statusOf(body.get('status')) : undefined;
    if (status === 'refused') {
      await errorsOf(() => checking(verb, exchange)({}));
      throw invalidFields({ status: ['Invalid status update'] });
    }
    const { input: others, faults } = readInput(body, PATCH_RULES, false);
    const asked = status && faults.take('status', status);
    const input = { ...others, ...(asked !== undefined && { status: asked }) };
    if (faults.has()) {
      const found = await errorsOf(() => exchange.run(verb.operation, { uuid, input, check: 'ALL' }));
      if (FIRST_RULES.some((name) => Object.hasOwn(found, name))) throw invalidFields(found);
      throw invalidFields({ ...found, ...faults.errors() });
    }
    const { object } = await exchange.run<{ object: Shown }>(verb.operation, { uuid, input });
    return ok(verb.represent(object, exchange));
  };
}

/**
 * What a sent status comes to: a number asks for a change, which the verb allows or not. What Python holds for nothing is
 * an ordinary bad value; anything else, such as a text, asks for a change that there is not.
 */
function statusOf(value: unknown): Checked<number> | 'refused' {
  if (isNothing(value)) return checkChoice(value, STATUS_CODES);
  // The schema has no larger integers.
  return typeof value === 'number' && value === (value | 0) ? { value } : 'refused';
}

function isNothing(value: unknown): boolean {
  if (isJsonObject(value)) return Object.keys(value).length === 0;
  return Array.isArray(value) ? value.length === 0 : value === null || value === 0 || value === '' || value === false;
}
