import { isJsonObject } from '../../../../core/json.js';
import type { DialectRequest } from '../../../../server/dialect.js';
import { jsonBody } from '../json-body.js';
import { Refusal, unfit } from './refusal.js';

/** The JSON object of a request, without the members that nobody knows. */
export interface Body {
  readonly members: ReadonlyMap<string, unknown>;
  /** Texts for `errors` of the answer: what was left out. */
  readonly warnings: readonly string[];
}

/** Keys of a body, in the order of the contract. */
export interface Keys {
  readonly mandatory: readonly string[];
  readonly accepted: readonly string[];
}

const WRONG_TYPE: Readonly<Record<string, string>> = {
  POST: 'Wrong content type defined: Use application/json as the content type',
  PUT: "Wrong content type, must be 'application/json'",
};

/**
 * The JSON value of a write (contract kernelci section 6).
 * @param checkAddress what is looked at between the content type and the JSON
 * @throws Refusal 415, 422
 */
export function jsonOf(request: DialectRequest, checkAddress?: () => void): unknown {
  const { value, refusal } = jsonBody(request, WRONG_TYPE[request.method] ?? '');
  if (refusal?.status === 415) throw new Refusal(refusal);
  checkAddress?.();
  if (refusal) throw new Refusal(refusal);
  return value;
}

/**
 * The object of a body with the keys that count (contract kernelci section 6).
 * @throws Refusal 400
 */
export function bodyWith(value: unknown, { mandatory, accepted }: Keys): Body {
  if (!isJsonObject(value)) throw unfit('Provided data is not JSON');
  const known = new Set([...mandatory, ...accepted]);
  const entries = Object.entries(value);
  const members = new Map(entries.filter(([key]) => known.has(key)));
  if (members.size === 0) throw unfit('No valid or acceptable keys in the JSON data');
  const missing = mandatory.filter((key) => !members.has(key));
  if (missing.length > 0) throw unfit(`One or more mandatory keys are missing: ${pythonList(missing)}`);
  const strange = entries.map(([key]) => key).filter((key) => !known.has(key));
  return { members, warnings: strange.length === 0 ? [] : [unrecognized(strange)] };
}

function unrecognized(keys: readonly string[]): string {
  return `Found non recognizable keys, they will not be considered: ${keys.join(', ')}`;
}

/** Content type, JSON and keys of a write, in this order. @throws Refusal 415, 422, 400 */
export function bodyOf(request: DialectRequest, keys: Keys): Body {
  return bodyWith(jsonOf(request), keys);
}

/** A list as old texts show it: `['git_branch', 'job']`. */
export function pythonList(texts: readonly string[]): string {
  return `[${texts.map((text) => `'${text}'`).join(', ')}]`;
}

/** Warnings as a member of the answer; none when there are none. */
export function warned(warnings: readonly string[]): { readonly errors?: readonly string[] } {
  return warnings.length > 0 ? { errors: warnings } : {};
}
