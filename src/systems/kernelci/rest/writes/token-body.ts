import { midnightOf } from '../days.js';
import type { Body } from './body.js';
import { badRequest } from './refusal.js';

/** Said of every value that is of no use (contract kernelci section 6.6). */
export const WRONG_VALUE = 'Wrong field value or type in the JSON data';

type Read = (value: unknown) => unknown;

/** A truth value, or an integer that stands for one. @throws Refusal 400 */
function flagOf(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  if (value === 0 || value === 1 || value === -1) return value !== 0;
  throw badRequest(WRONG_VALUE);
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  throw badRequest(WRONG_VALUE);
}

/** Days that the gateway can keep the microseconds of. */
const FAR_YEAR = 2200;

/** The beginning of a day, `YYYY-MM-DD`. @throws Refusal 400 */
function dayOf(value: unknown): string {
  const day = textOf(value);
  const midnight = /^\d{4}-\d{2}-\d{2}$/.test(day) ? midnightOf(day) : undefined;
  if (midnight === undefined || Math.abs(Number(day.slice(0, 4)) - 1970) > FAR_YEAR - 1970)
    throw badRequest(WRONG_VALUE);
  return new Date(midnight).toISOString();
}

/** One address or a list of them. @throws Refusal 400 */
function addressesOf(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).map(textOf);
}

/** Key -> name in the input of the schema, and how its value is read. */
const MEMBERS: Readonly<Record<string, readonly [name: string, read: Read]>> = {
  email: ['email', textOf],
  username: ['username', textOf],
  version: ['version', textOf],
  expires_on: ['expiresAt', dayOf],
  ip_address: ['ipAddress', addressesOf],
  expired: ['expired', flagOf],
  get: ['get', flagOf],
  post: ['post', flagOf],
  delete: ['delete', flagOf],
  superuser: ['superuser', flagOf],
  admin: ['admin', flagOf],
  ip_restricted: ['ipRestricted', flagOf],
  lab: ['lab', flagOf],
  upload: ['upload', flagOf],
  test_lab: ['testLab', flagOf],
};

/**
 * The token of a body as the schema takes it; null is as if not given, and blank texts and empty lists of what is no flag.
 * @throws Refusal 400
 */
export function tokenInput(members: Body['members']): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    [...members].flatMap(([key, value]) => {
      const [name, read] = MEMBERS[key]!;
      return value === null || (read !== flagOf && isBlank(value)) ? [] : [[name, read(value)]];
    }),
  );
}

function isBlank(value: unknown): boolean {
  return value === '' || (Array.isArray(value) && value.length === 0);
}
