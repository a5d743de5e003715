import { BuildgateError } from '../../core/errors.js';
import { isJsonObject, isRawJson } from '../../core/json.js';

/**
 * What single fields may hold, and the old texts for what they may not (contract rodan, section 3). Pure: verbs and the
 * REST interface ask the same rules.
 */

/** Faults by field; of structured fields by member name, of arrays by index as a name. */
export interface FieldErrors {
  readonly [field: string]: readonly string[] | FieldErrors;
}

/** The value as it is to be stored, or what is wrong with it. */
export type Checked<Value> = { readonly value: Value } | { readonly fault: string };

export const REQUIRED = 'This field is required.';
export const NOT_NULL = 'This field may not be null.';
export const NOT_BLANK = 'This field may not be blank.';
export const NO_TEXT = 'Not a valid string.';
export const NO_NUL = 'Null characters are not allowed.';
export const NO_UNIQUE = 'This field must be unique.';

/** Where faults of the object as a whole stand. */
export const NON_FIELD_ERRORS = 'non_field_errors';

/** What a text field allows. */
export interface TextRule {
  /** Characters, counted after trimming; any number unless given. */
  readonly maxLength?: number;
  /** Whether null is a value; not by default. */
  readonly nullable?: boolean;
  /** Whether the empty text (also of blanks only) is a value; not by default. */
  readonly blank?: boolean;
}

/**
 * Checks a text of any origin: trimmed; a number becomes its decimal text.
 * @param value a JSON value; absent fields are not asked about
 */
export function checkText(value: unknown, rule: TextRule): Checked<string | null> {
  if (value === null) return rule.nullable ? { value: null } : { fault: NOT_NULL };
  const text = typeof value === 'string' ? value.trim() : isNumber(value) ? numberText(value) : undefined;
  if (text === undefined || !text.isWellFormed()) return { fault: NO_TEXT };
  if (text.includes('\0')) return { fault: NO_NUL };
  if (text === '' && !rule.blank) return { fault: NOT_BLANK };
  if (rule.maxLength !== undefined && isLonger(text, rule.maxLength)) {
    return { fault: `Ensure this field has no more than ${rule.maxLength} characters.` };
  }
  return { value: text };
}

const BOOLEANS: ReadonlyMap<unknown, boolean> = new Map<unknown, boolean>([
  ...[true, 'true', 'True', 'TRUE', 't', '1', 1].map((value) => [value, true] as const),
  ...[false, 'false', 'False', 'FALSE', 'f', '0', 0].map((value) => [value, false] as const),
]);

/** Checks a boolean in any of the spellings that bodies may have. */
export function checkBoolean(value: unknown): Checked<boolean> {
  if (value === null) return { fault: NOT_NULL };
  const known = BOOLEANS.get(value);
  return known === undefined ? { fault: `"${shownText(value)}" is not a valid boolean.` } : { value: known };
}

/** Checks an integer that is one of some choices, as a number or as its digits. */
export function checkChoice(value: unknown, choices: readonly number[]): Checked<number> {
  if (value === null) return { fault: NOT_NULL };
  const text = shownText(value);
  const known = typeof value === 'boolean' ? undefined : choices.find((choice) => String(choice) === text);
  return known === undefined ? { fault: `"${text}" is not a valid choice.` } : { value: known };
}

/** Checks that a value is a list; what its elements are is not looked at. */
export function checkList(value: unknown): Checked<readonly unknown[]> {
  if (value === null) return { fault: NOT_NULL };
  return Array.isArray(value) ? { value } : { fault: `Expected a list of items but got type "${typeWord(value)}".` };
}

/** What the old API, written in Python, called the type of a JSON value. */
export function typeWord(value: unknown): string {
  if (value === null || value === undefined) return 'NoneType';
  if (typeof value === 'boolean') return 'bool';
  if (isNumber(value)) return /^-?\d+$/.test(numberText(value)) ? 'int' : 'float';
  if (typeof value === 'string') return 'str';
  return Array.isArray(value) ? 'list' : 'dict';
}

/** Rules of the fields that verbs write, by type and field (contract rodan, section 7). */
export const TEXT_RULES = {
  project: { name: { maxLength: 255 }, description: { nullable: true, blank: true } },
  workflow: { name: { maxLength: 100 }, description: { nullable: true, blank: true } },
  workflowJob: { name: { maxLength: 255, nullable: true, blank: true } },
  workflowJobGroup: { name: { maxLength: 100 }, description: { nullable: true, blank: true } },
  port: { label: { maxLength: 255, nullable: true, blank: true } },
  resource: { name: { maxLength: 200, nullable: true, blank: true }, description: { nullable: true, blank: true } },
  resourceList: { name: { maxLength: 200, nullable: true, blank: true }, description: { nullable: true, blank: true } },
  workflowRun: { name: { maxLength: 100, nullable: true, blank: true }, description: { nullable: true, blank: true } },
} as const satisfies Readonly<Record<string, Readonly<Record<string, TextRule>>>>;

/** Gathers the faults of one request, the first of each field. */
export class FieldFaults {
  readonly #faults = new Map<string, readonly string[] | FieldErrors>();

  /** Notes what is wrong with a field; a fault that is known already stays. */
  add(field: string, fault: string | FieldErrors): void {
    if (!this.#faults.has(field)) this.#faults.set(field, typeof fault === 'string' ? [fault] : fault);
  }

  /** The value, where there is one; else notes the fault and gives undefined. */
  take<Value>(field: string, checked: Checked<Value>): Value | undefined {
    if ('value' in checked) return checked.value;
    this.add(field, checked.fault);
    return undefined;
  }

  /** Whether the field has a fault; without a name, whether any has. */
  has(field?: string): boolean {
    return field === undefined ? this.#faults.size > 0 : this.#faults.has(field);
  }

  /** All faults by field. */
  errors(): FieldErrors {
    return Object.fromEntries(this.#faults);
  }

  /** @throws BuildgateError INVALID with all faults, when there are any */
  refuse(): void {
    if (this.has()) throw invalidFields(this.errors());
  }
}

/**
 * The refusal of a request for faults of its fields. `details.errors` holds them as the old API shows them: fields have
 * the names of the REST interface.
 */
export function invalidFields(errors: FieldErrors): BuildgateError {
  return new BuildgateError('INVALID', firstFault(errors), { errors });
}

function firstFault(errors: FieldErrors): string {
  const [[field, fault] = ['', []]] = Object.entries(errors);
  return `${field}: ${Array.isArray(fault) ? fault.join(' ') : firstFault(fault as FieldErrors)}`;
}

/** A number, also one that JavaScript does not hold exactly (`core/json.ts`). */
function isNumber(value: unknown): boolean {
  return typeof value === 'number' || isRawJson(value);
}

function numberText(value: unknown): string {
  return JSON.stringify(value);
}

/** How the old API showed a value inside of a text. */
export function shownText(value: unknown): string {
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return Array.isArray(value) || isJsonObject(value) ? typeWord(value) : JSON.stringify(value);
}

/** Whether a text has more code points than this; long ones are not taken apart. */
function isLonger(text: string, maxLength: number): boolean {
  if (text.length <= maxLength) return false;
  return text.length > 2 * maxLength || Array.from(text).length > maxLength;
}
