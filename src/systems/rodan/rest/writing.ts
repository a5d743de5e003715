import { BuildgateError } from '../../../core/errors.js';
import { isJsonObject } from '../../../core/json.js';
import type { DialectResponse } from '../../../server/dialect.js';
import { type FieldErrors, invalidFields } from '../field-rules.js';
import { created, NO_CONTENT, ok } from './answers.js';
import { type Body, readMembers } from './body.js';
import type { Answering, Exchange } from './exchange.js';
import { type InputRules, readInput, type ReadInput, type VerbInput } from './inputs.js';

/** A stored operation that makes or changes an object, whose payload is called `object`. */
export interface Verb<Shown> {
  /** Takes `$input`, `$check`, and `$uuid` when it changes something. */
  readonly operation: string;
  readonly represent: (object: Shown, exchange: Exchange) => { readonly url: string };
}

/** Reads the input of a verb from a body. */
export type Reading = (body: Body, whole: boolean) => ReadInput;

/** Answers POST to a list: 201 with the new object (contract rodan, section 3). */
export function creating<Shown>(verb: Verb<Shown>, rules: InputRules | Reading): Answering {
  const read = readingOf(rules);
  return async (exchange) => created(await written(exchange, verb, (body) => read(body, false)));
}

/**
 * Answers PUT and PATCH to an object.
 * @param whole whether the body has to have every required field, as PUT asks
 */
export function changing<Shown>(verb: Verb<Shown>, rules: InputRules | Reading, whole: boolean): Answering {
  const read = readingOf(rules);
  return async (exchange) => ok(await written(exchange, verb, (body) => read(body, whole)));
}

/** Answers DELETE of an object. */
export function deleting(operation: string): Answering {
  return async ({ run, id }): Promise<DialectResponse> => {
    await run(operation, { uuid: id });
    return NO_CONTENT;
  };
}

function readingOf(rules: InputRules | Reading): Reading {
  return typeof rules === 'function' ? rules : (body, whole) => readInput(body, rules, whole);
}

async function written<Shown>(
  exchange: Exchange,
  { operation, represent }: Verb<Shown>,
  read: (body: Body) => ReadInput,
): Promise<{ readonly url: string }> {
  const check = checking({ operation }, exchange);
  const { input, faults } = read(await readBody(exchange, check));
  if (faults.has()) throw invalidFields({ ...(await errorsOf(() => check(input))), ...faults.errors() });
  const { object } = await exchange.run<{ object: Shown }>(operation, { ...addressOf(exchange), input });
  return represent(object, exchange);
}

/** Has a verb look at the fields of an input, and at whether the object is there and the caller may. */
export function checking(
  { operation }: Pick<Verb<never>, 'operation'>,
  exchange: Exchange,
): (input: VerbInput) => Promise<unknown> {
  return (input) => exchange.run(operation, { ...addressOf(exchange), input, check: 'FIELDS' });
}

/** The object that the URI is about, where it is about one. */
function addressOf({ request }: Exchange): { readonly uuid?: string } {
  const uuid = request.parameters['id'];
  return uuid === undefined ? {} : { uuid };
}

/**
 * Reads the body. What is wrong with it counts only when the object is there and may be changed.
 * @param check has the verb look at an input
 */
export async function readBody({ request }: Exchange, check: (input: VerbInput) => Promise<unknown>): Promise<Body> {
  try {
    return await readMembers(request);
  } catch (error) {
    await errorsOf(() => check({}));
    throw error;
  }
}

/**
 * The field errors that a verb finds.
 * @throws BuildgateError what it refuses for other reasons, such as an object that is not there
 */
export async function errorsOf(check: () => Promise<unknown>): Promise<FieldErrors> {
  try {
    await check();
    return {};
  } catch (error) {
    if (!(error instanceof BuildgateError) || error.code !== 'INVALID') throw error;
    const { errors } = error.details;
    if (!isJsonObject(errors)) throw error;
    return errors as FieldErrors;
  }
}
