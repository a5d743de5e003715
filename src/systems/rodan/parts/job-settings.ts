import AjvDraft04, { type ValidateFunction } from 'ajv-draft-04';
import { BoundedCache } from '../../../core/bounded-cache.js';
import { isJsonObject, parseExact } from '../../../core/json.js';

/** Settings of jobs: what their schemas (JSON schema, draft 4) say of them. */

/** Compiled schemas by their text; a schema that cannot be compiled says why. */
const COMPILED = new BoundedCache<string, ValidateFunction | string>(200);

/**
 * Why a job refuses settings; null when it takes them. A job whose schema is none refuses all settings but when the
 * schema is no object: that demands nothing.
 * @param schema JSON text
 * @param settings JSON text
 */
export function settingsFault(schema: string, settings: string): string | null {
  const validate = compiled(schema);
  if (typeof validate === 'string') return validate;
  if (validate(JSON.parse(settings))) return null;
  const [first] = validate.errors ?? [];
  return first ? `${first.instancePath} ${first.message ?? ''}`.trim() : 'not valid';
}

/** The settings that a workflow job has when none are given, as JSON text: the defaults of the schema's properties. */
export function defaultSettings(schema: string): string {
  const parsed = parseExact(schema);
  const properties = isJsonObject(parsed) ? parsed['properties'] : undefined;
  if (!isJsonObject(properties)) return '{}';
  const defaults = Object.entries(properties).flatMap(([name, definition]) =>
    isJsonObject(definition) && Object.hasOwn(definition, 'default') ? [[name, definition['default']]] : [],
  );
  return JSON.stringify(Object.fromEntries(defaults));
}

function compiled(schema: string): ValidateFunction | string {
  const known = COMPILED.get(schema);
  if (known) return known;
  const made = compile(JSON.parse(schema));
  COMPILED.set(schema, made);
  return made;
}

/** Each schema by itself: two may have the same `id`. Formats and unknown words demand nothing, as on the old server. */
function compile(schema: unknown): ValidateFunction | string {
  const ajv = new AjvDraft04.default({ strict: false, validateSchema: false, validateFormats: false, logger: false });
  try {
    return ajv.compile(isJsonObject(schema) ? schema : {});
  } catch (error) {
    return `the schema of the job is none: ${(error as Error).message}`;
  }
}
