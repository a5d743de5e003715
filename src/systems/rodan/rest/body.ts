import { BuildgateError } from '../../../core/errors.js';
import { isJsonObject } from '../../../core/json.js';
import type { DialectRequest } from '../../../server/dialect.js';
import { mediaTypeOf } from '../../../server/media-type.js';
import { boundaryOf, BrokenMultipart, formParts } from '../../../server/multipart.js';
import { RawQuery } from '../../../server/raw-query.js';
import { parseJson, UnreadableBody } from '../../../server/request-body.js';
import { checkList, invalidFields, NON_FIELD_ERRORS, typeWord } from '../field-rules.js';
import { namesInOrder } from './member-order.js';

/** Media types of bodies, as OPTIONS lists them (contract rodan, section 3). */
export const PARSES = ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data'] as const;

const NOTHING = new Uint8Array();

/** What a client sent: members by name, those of a form with all their values. */
export class Body {
  readonly #members: ReadonlyMap<string, unknown>;

  /**
   * @param members values of JSON; of a form, for each name, the list of its texts
   * @param isForm whether it came as a form, whose values are texts
   * @param bytes the JSON text, for the order of its members
   */
  constructor(
    members: Iterable<readonly [string, unknown]>,
    readonly isForm: boolean,
    private readonly bytes: Uint8Array = NOTHING,
  ) {
    this.#members = new Map(members);
  }

  /** Whether the client sent a member, be it null. */
  has(name: string): boolean {
    return this.#members.has(name);
  }

  /** Value of a member, of a repeated field of a form the last one; undefined when it was not sent. */
  get(name: string): unknown {
    const value = this.#members.get(name);
    return this.isForm && Array.isArray(value) ? value.at(-1) : value;
  }

  /** Value of a member that is a list: of a form all texts of that name. */
  list(name: string): unknown {
    return this.#members.get(name);
  }

  /**
   * Members of an object in the order of the document, in which JavaScript does not keep names that are integers.
   * @param name of a member that is a JSON object
   */
  orderedMembers(name: string): readonly (readonly [string, unknown])[] {
    const value = this.get(name);
    if (!isJsonObject(value)) return [];
    const names = Object.keys(value);
    const ordered = names.some(isInteger) ? namesInOrder(new TextDecoder().decode(this.bytes), name) : names;
    return ordered.map((key) => [key, value[key]]);
  }
}

function isInteger(name: string): boolean {
  return /^(?:0|[1-9]\d*)$/.test(name);
}

const EMPTY: readonly (readonly [string, unknown])[] = [];

/**
 * Reads the body of a request as an object of members; an empty one has none.
 * @throws BuildgateError INVALID, its message the `detail` of the answer; with `unsupportedMediaType` where the type is none
 * of `PARSES`, with `errors` where the body can be read and is no object
 */
export async function readMembers(request: DialectRequest): Promise<Body> {
  const bytes = request.body as Uint8Array;
  const type = requireType(request);
  if (type === undefined) return new Body(EMPTY, false);
  if (type !== 'application/json') return new Body(gathered(await pairsOf(bytes, request)), true);
  const value = jsonOf(bytes);
  if (!isJsonObject(value)) throw invalidFields({ [NON_FIELD_ERRORS]: [notAnObject(value)] });
  return new Body(Object.entries(value), false, bytes);
}

/**
 * Reads a body that is a list.
 * @throws BuildgateError INVALID as `readMembers` does, with `errors` when it is no list
 */
export async function readList(request: DialectRequest): Promise<readonly unknown[]> {
  const type = requireType(request);
  const value = type === 'application/json' ? jsonOf(request.body as Uint8Array) : {};
  const checked = value === null ? { fault: NO_DATA } : checkList(value);
  if ('fault' in checked) throw invalidFields({ [NON_FIELD_ERRORS]: [checked.fault] });
  return checked.value;
}

const NO_DATA = 'No data provided';

function notAnObject(value: unknown): string {
  return value === null ? NO_DATA : `Invalid data. Expected a dictionary, but got ${typeWord(value)}.`;
}

/** The media type of a body that is there. */
function requireType({ body, headers }: DialectRequest): string | undefined {
  if ((body as Uint8Array).byteLength === 0) return undefined;
  const given = headers['content-type'] ?? '';
  const type = mediaTypeOf(given);
  if ((PARSES as readonly string[]).includes(type)) return type;
  throw unreadable(`Unsupported media type "${given}" in request.`, { unsupportedMediaType: true });
}

function unreadable(detail: string, more: Readonly<Record<string, unknown>> = {}): BuildgateError {
  return new BuildgateError('INVALID', detail, more);
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return parseJson(bytes, true);
  } catch (error) {
    if (!(error instanceof UnreadableBody)) throw error;
    throw unreadable(`JSON parse error - ${error.message}`);
  }
}

type Pair = readonly [name: string, value: string];

async function pairsOf(bytes: Uint8Array, { headers }: DialectRequest): Promise<readonly Pair[]> {
  const type = headers['content-type']!;
  if (mediaTypeOf(type) !== 'multipart/form-data') return new RawQuery(Buffer.from(bytes).toString('latin1')).pairs;
  try {
    const parts = await formParts(piecesOf(bytes), boundaryOf(type));
    return parts.filter(({ fileName }) => fileName === undefined).map(({ name, text }) => [name, text]);
  } catch (error) {
    if (!(error instanceof BrokenMultipart)) throw error;
    throw unreadable(`Multipart form parse error - ${error.message}`);
  }
}

async function* piecesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array, void> {
  yield bytes;
}

function gathered(pairs: readonly Pair[]): Map<string, string[]> {
  const fields = new Map<string, string[]>();
  for (const [name, value] of pairs) {
    const values = fields.get(name);
    if (values) values.push(value);
    else fields.set(name, [value]);
  }
  return fields;
}
