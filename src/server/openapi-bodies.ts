import type { BodyField, DialectDescription } from './dialect-description.js';
import type { Route } from './dialect.js';
import type { DocumentedExchange, ExchangeBody } from './documented-exchange.js';
import type { Answer, Content, Example, JsonSchema, Operation } from './openapi-document.js';

/** Media types of bodies by how they are read, unless the rule says more. */
const MEDIA_TYPES = {
  json: ['application/json'],
  form: ['application/x-www-form-urlencoded', 'multipart/form-data'],
  bytes: ['*/*'],
  pieces: ['*/*'],
} as const;

const SCHEMAS: Readonly<Record<NonNullable<BodyField['type']>, JsonSchema>> = {
  text: { type: 'string' },
  integer: { type: 'integer' },
  number: { type: 'number' },
  boolean: { type: 'boolean' },
  list: { type: 'array' },
  object: { type: 'object' },
  any: {},
};

/** What the body of a route holds, as far as it is known: an object with these members, which may have others. */
export function bodySchemaOf({ body }: Route): JsonSchema | undefined {
  const fields = body?.content?.fields;
  if (fields === undefined) return undefined;
  const required = fields.filter((field) => field.required).map(({ name }) => name);
  return {
    type: 'object',
    properties: Object.fromEntries(
      fields.map(({ name, description, type = 'text' }) => [name, { ...SCHEMAS[type], description }]),
    ),
    ...(required.length > 0 && { required }),
  };
}

/**
 * The body of a request, with what exchanges send.
 * @param schema where the document has the schema of the body, if it has one
 */
export function requestBodyOf(
  { kind, mediaType, content = {} }: NonNullable<Route['body']>,
  schema: string | undefined,
  exchanges: readonly DocumentedExchange[],
): NonNullable<Operation['requestBody']> {
  const { fields, mediaTypes = mediaType === undefined ? MEDIA_TYPES[kind] : [mediaType] } = content;
  const isRequired = fields?.some(({ required }) => required) ?? false;
  const of = (type: string): Content[string] => ({
    ...(schema && { schema: { $ref: schema } }),
    ...examples(
      exchanges,
      type,
      ({ body }) => body,
      ({ summary }) => ({ summary }),
    ),
  });
  return {
    ...(isRequired && { required: true }),
    content: Object.fromEntries(mediaTypes.map((type) => [type, of(type)])),
  };
}

/** The bodies of a media type, by name of the exchange. */
function examples(
  exchanges: readonly DocumentedExchange[],
  mediaType: string,
  bodyOf: (exchange: DocumentedExchange) => ExchangeBody | undefined,
  noteOfOne: (exchange: DocumentedExchange) => Omit<Example, 'value'>,
): { readonly examples?: Readonly<Record<string, Example>> } {
  const fitting = exchanges.filter((exchange) => bodyOf(exchange)?.mediaType === mediaType);
  if (fitting.length === 0) return {};
  return {
    examples: Object.fromEntries(
      fitting.map((exchange) => [exchange.name, { ...noteOfOne(exchange), value: bodyOf(exchange)!.value }]),
    ),
  };
}

function noteOf({ summary, caller, sentAt, answer: { byChance } }: DocumentedExchange): Omit<Example, 'value'> {
  return {
    summary,
    ...(caller && { 'x-caller': caller }),
    ...(sentAt && { 'x-sent-at': sentAt }),
    ...(byChance && { 'x-by-chance': byChance }),
  };
}

/** The answers of a route by status, with those of its exchanges. */
export function answersOf(
  { answers, mediaTypes: own }: Route,
  mediaTypes: DialectDescription['mediaTypes'],
  exchanges: readonly DocumentedExchange[],
): Readonly<Record<string, Answer>> {
  const statuses = new Set([...Object.keys(answers).map(Number), ...exchanges.map(({ answer }) => answer.status)]);
  const typesOf = (status: number): readonly string[] => {
    if (status === 204 || (status >= 300 && status < 400)) return [];
    return status < 300 ? (own ?? mediaTypes.answers) : mediaTypes.refusals;
  };
  return Object.fromEntries(
    [...statuses]
      .toSorted((one, other) => one - other)
      .map((status) => {
        const shown = exchanges.filter(({ answer }) => answer.status === status);
        return [status, answerOf(answers[status] ?? 'As in the example', typesOf(status), shown)];
      }),
  );
}

function answerOf(
  description: string,
  expectedTypes: readonly string[],
  exchanges: readonly DocumentedExchange[],
): Answer {
  const shownTypes = exchanges.flatMap(({ answer: { body } }) => (body ? [body.mediaType] : []));
  const types = [...new Set([...expectedTypes, ...shownTypes])];
  const content = types.map((type) => [type, examples(exchanges, type, ({ answer }) => answer.body, noteOf)]);
  const empty = exchanges.filter(({ answer: { body } }) => body === undefined);
  return {
    description,
    ...headersOf(exchanges),
    ...(types.length > 0 && { content: Object.fromEntries(content) as Content }),
    ...(empty.length > 0 && { 'x-examples': Object.fromEntries(empty.map((one) => [one.name, noteOf(one)])) }),
  };
}

/** The headers that exchanges show, each with its values by name of the exchange. */
function headersOf(exchanges: readonly DocumentedExchange[]): Pick<Answer, 'headers'> {
  const names = [...new Set(exchanges.flatMap(({ answer }) => Object.keys(answer.headers ?? {})))];
  if (names.length === 0) return {};
  const valuesOf = (name: string): Readonly<Record<string, Example>> =>
    Object.fromEntries(
      exchanges.flatMap((one) => {
        const value = one.answer.headers?.[name];
        return value === undefined ? [] : [[one.name, { value }]];
      }),
    );
  return {
    headers: Object.fromEntries(names.map((name) => [name, { schema: { type: 'string' }, examples: valuesOf(name) }])),
  };
}
