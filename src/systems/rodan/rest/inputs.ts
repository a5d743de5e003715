import {
  checkBoolean,
  checkChoice,
  checkList,
  checkText,
  FieldFaults,
  REQUIRED,
  type Checked,
  type TextRule,
} from '../field-rules.js';
import type { Body } from './body.js';
import type { Field } from './fields.js';

/** Input of a verb: members of the schema, each only where the body has its field. */
export type VerbInput = Readonly<Record<string, unknown>>;

/** What a body comes to: the input of a verb, and the faults of fields that kept a value out of it. */
export interface ReadInput {
  readonly input: VerbInput;
  readonly faults: FieldFaults;
}

/** How bodies of a kind of object are read. */
export interface InputRules {
  /** Fields of the representation; those that are only read are ignored, as unknown members are. */
  readonly fields: readonly Field[];
  /** What the texts among them allow. */
  readonly texts: Readonly<Record<string, TextRule>>;
  /** Members of the verb's input that are called otherwise than their fields in camel case. */
  readonly names?: Readonly<Record<string, string>>;
}

/**
 * Reads a body as the input of a verb. Values that the schema's types do not hold are checked here, the verb checks the
 * rest; links and free JSON are passed on as they are (contract rodan, section 3).
 * @param whole whether every required field has to be there, as PUT asks; with POST the verb asks for them
 */
export function readInput(body: Body, { fields, texts, names = {} }: InputRules, whole: boolean): ReadInput {
  const faults = new FieldFaults();
  const members: [string, unknown][] = [];
  for (const field of fields.filter(({ readOnly }) => readOnly !== true)) {
    const { name, required } = field;
    if (!body.has(name)) {
      if (whole && required) faults.add(name, REQUIRED);
      continue;
    }
    const value = faults.take(name, valueOf(body, field, texts[name]));
    if (value !== undefined) members.push([names[name] ?? camelCase(name), value]);
  }
  return { input: Object.fromEntries(members), faults };
}

/** `job_settings` is `jobSettings`. */
function camelCase(name: string): string {
  return name.replace(/_(\w)/g, (_match, letter: string) => letter.toUpperCase());
}

function valueOf(body: Body, { name, kind, choices = {} }: Field, text: TextRule = {}): Checked<unknown> {
  const value = body.get(name);
  switch (kind) {
    case 'string':
      return checkText(value, text);
    case 'boolean':
      return checkBoolean(value);
    case 'choice':
      return checkChoice(value, Object.keys(choices).map(Number));
    case 'links':
      return checkList(body.list(name));
    default:
      return { value };
  }
}
