import { isJsonObject } from '../../../core/json.js';
import { badRequest } from './answers.js';
import { dateOf } from './dates.js';

/** An object of a JSON body: its members may have any name. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Variables of the operations that report (`DevmasonStepInput` of the schema). */
export interface StepInput {
  readonly name: string;
  readonly success: boolean;
  readonly started?: string;
  readonly finished?: string;
  readonly output?: string;
  readonly errout?: string;
  readonly extra: JsonObject;
}

/** `DevmasonBuildStartInput` of the schema. */
export interface BuildStartInput {
  readonly client: JsonObject;
  readonly started?: string;
  readonly tags: readonly string[];
}

/** `DevmasonBuildInput` of the schema. */
export interface BuildInput extends BuildStartInput {
  readonly success: boolean;
  readonly finished?: string;
  readonly results: readonly StepInput[];
}

/** A reported build, whole or to be continued. */
export type Report =
  | { readonly incremental: true; readonly build: BuildStartInput }
  | { readonly incremental: false; readonly build: BuildInput };

/**
 * Reads a reported build; the checks come in the order of contract devmason, section 7.3.
 * @throws BuildgateError INVALID with the body of the 400
 */
export function reportOf(body: unknown): Report {
  const { client: given, incremental, success, started, finished, tags, results } = objectOf(body);
  if (!isJsonObject(given)) throw badRequest("'client'");
  if (incremental === true) {
    const times = { ...dateMember('started', started) };
    const client = clientOf(given);
    return { incremental, build: { client, ...times, tags: tagsOf(tags) } };
  }
  const succeeded = successOf(success);
  const times = { ...dateMember('started', started), ...dateMember('finished', finished) };
  const client = clientOf(given);
  const build = { client, success: succeeded, ...times, tags: tagsOf(tags), results: stepsOf(results) };
  return { incremental: false, build };
}

/**
 * Reads a build step (sections 4.5 and 7.3).
 * @throws BuildgateError INVALID with the body of the 400
 */
export function stepOf(body: unknown): StepInput {
  const { success, started, finished, name, output, errout, ...others } = objectOf(body);
  const succeeded = successOf(success);
  const times = { ...dateMember('started', started), ...dateMember('finished', finished) };
  if (typeof name !== 'string') throw badRequest("'name'");
  const texts = { ...textMember('output', output), ...textMember('errout', errout) };
  return { name, success: succeeded, ...times, ...texts, extra: others };
}

function objectOf(value: unknown): JsonObject {
  if (!isJsonObject(value)) throw badRequest();
  return value;
}

function successOf(value: unknown): boolean {
  if (value === true || value === 1) return true;
  if (value === false || value === 0) return false;
  throw badRequest("'success'");
}

function dateMember<Name extends string>(name: Name, value: unknown): Partial<Record<Name, string>> {
  if (value === undefined || value === null || value === '') return {};
  const date = typeof value === 'string' ? dateOf(value) : undefined;
  if (date === undefined) throw badRequest('unknown string format');
  return { [name]: date } as Record<Name, string>;
}

function textMember<Name extends string>(name: Name, value: unknown): Partial<Record<Name, string>> {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'string') throw badRequest();
  return { [name]: value } as Record<Name, string>;
}

function clientOf(client: JsonObject): JsonObject {
  if (typeof client['host'] !== 'string') throw badRequest("'host'");
  if (typeof client['arch'] !== 'string') throw badRequest("'arch'");
  return client;
}

function tagsOf(value: unknown): readonly string[] {
  if (value === undefined || value === null) return [];
  const tags: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (!tags.every((tag) => typeof tag === 'string')) throw badRequest();
  return tags;
}

function stepsOf(value: unknown): StepInput[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw badRequest();
  return value.map(stepOf);
}
