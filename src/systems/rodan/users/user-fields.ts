import { checkText, NOT_BLANK, NOT_NULL, REQUIRED, type FieldFaults, type TextRule } from '../field-rules.js';
import { isEmailAddress } from './email.js';

/** What the fields of users may hold (contract rodan, section 4; lengths as Django has them). */

/** Rules by field, the names being those of the REST interface. */
export const USER_RULES = {
  username: { maxLength: 150 },
  first_name: { maxLength: 150, blank: true },
  last_name: { maxLength: 150, blank: true },
  email: { maxLength: 254, blank: true },
} as const satisfies Readonly<Record<string, TextRule>>;

/** Characters of a password. */
export const MAX_PASSWORD = 128;

/** A value as a request gives it: undefined when it does not. */
export type Given = string | null | undefined;

const USERNAME = /^[\p{L}\p{N}_.@+-]+$/u;
const NO_USERNAME = 'Enter a valid username. This value may contain only letters, numbers and @/./+/-/_ characters.';
const NO_EMAIL = 'Enter a valid email address.';
const TOO_LONG = `Ensure this field has no more than ${MAX_PASSWORD} characters.`;

/** A name as the old API takes it. @param own what the user is called already, which stays right whatever it is */
export function takeUsername(faults: FieldFaults, given: Given, own?: string): string | undefined {
  const name = takeText(faults, 'username', given);
  if (name === undefined || name === own || USERNAME.test(name)) return name;
  faults.add('username', NO_USERNAME);
  return undefined;
}

/** An address of e-mail, or the empty text. */
export function takeEmail(faults: FieldFaults, given: Given): string | undefined {
  const email = takeText(faults, 'email', given);
  if (email === undefined || email === '' || isEmailAddress(email)) return email;
  faults.add('email', NO_EMAIL);
  return undefined;
}

/** One of the names that a user is called by besides. */
export function takeText(faults: FieldFaults, field: keyof typeof USER_RULES, given: Given): string | undefined {
  return given === undefined ? undefined : (faults.take(field, checkText(given, USER_RULES[field])) ?? undefined);
}

/** A new password, which must be given; blanks at its ends count. */
export function takePassword(faults: FieldFaults, field: string, given: Given): string | undefined {
  const text = takeSecret(faults, field, given);
  if (text === undefined) return undefined;
  if (text.trim() === '') faults.add(field, NOT_BLANK);
  else if (text.length > 2 * MAX_PASSWORD || Array.from(text).length > MAX_PASSWORD) faults.add(field, TOO_LONG);
  else return text;
  return undefined;
}

/** A text that must be given and is taken as it is. */
export function takeSecret(faults: FieldFaults, field: string, given: Given): string | undefined {
  if (typeof given === 'string') return given;
  faults.add(field, given === null ? NOT_NULL : REQUIRED);
  return undefined;
}

/** A field that must be given. */
export function takeRequired(
  faults: FieldFaults,
  field: string,
  given: Given,
  take: (faults: FieldFaults, given: Given) => string | undefined,
): string | undefined {
  if (given === undefined) faults.add(field, REQUIRED);
  return take(faults, given);
}
