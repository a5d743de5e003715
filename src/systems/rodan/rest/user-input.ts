import { FieldFaults, NO_TEXT, type Checked } from '../field-rules.js';
import { USER_RULES } from '../users/user-fields.js';
import type { Body } from './body.js';
import { FIELDS, type Field } from './fields.js';
import { readInput, type InputRules, type ReadInput } from './inputs.js';

/** Bodies about users as the verbs take them (contract rodan, section 4). */

/** What users may change about themselves. */
export const USER_INPUT: InputRules = { fields: FIELDS.user, texts: USER_RULES };

const isPassword = ({ name }: Field): boolean => name === 'password';
const NEW_USER: InputRules = { fields: FIELDS.newUser.filter((field) => !isPassword(field)), texts: USER_RULES };

/** Reads who is to be made. */
export function readNewUser(body: Body): ReadInput {
  const { input, faults } = readInput(body, NEW_USER, false);
  return { input: { ...input, ...readSecrets(body, { password: 'password' }, faults) }, faults };
}

/** Reads an old and a new password. */
export function readPasswords(body: Body): ReadInput {
  const faults = new FieldFaults();
  const names = { currentPassword: 'current_password', newPassword: 'new_password' };
  return { input: readSecrets(body, names, faults), faults };
}

/**
 * Passwords that a body has: blanks at their ends count.
 * @param names member of the input -> field
 */
function readSecrets(
  body: Body,
  names: Readonly<Record<string, string>>,
  faults: FieldFaults,
): Readonly<Record<string, string | null>> {
  const given = Object.entries(names).filter(([, field]) => body.has(field));
  const taken = given.map(([member, field]) => [member, faults.take(field, secretOf(body.get(field)))] as const);
  return Object.fromEntries(taken.filter((pair): pair is readonly [string, string | null] => pair[1] !== undefined));
}

function secretOf(value: unknown): Checked<string | null> {
  if (value === null || typeof value === 'string') return { value };
  return typeof value === 'number' ? { value: String(value) } : { fault: NO_TEXT };
}

/** Reads who logs in. What counts as nothing in the old server's language is not given; another value is a text. */
export function readLogIn(body: Body): Readonly<Record<'username' | 'email' | 'password', string | undefined>> {
  const textOf = (name: string): string | undefined => {
    const value = body.get(name);
    if (typeof value === 'string') return value;
    return isNothing(value) ? undefined : JSON.stringify(value);
  };
  return { username: textOf('username'), email: textOf('email'), password: textOf('password') };
}

function isNothing(value: unknown): boolean {
  return !value || (typeof value === 'object' && Object.keys(value).length === 0);
}
