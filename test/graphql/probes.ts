import type { WireRequest } from './transports.js';

/** Who sends a probe. */
export type As = 'anonymous' | 'plain' | 'agent' | 'admin';

/** A request that must be refused, and how. */
export interface Probe extends WireRequest {
  readonly title: string;
  readonly as?: As;
  readonly code: string;
  readonly message: string | RegExp;
}

const EVENT = 'mutation ($input: FreshmakerEventInput!) { freshmakerCreateEvent(input: $input) { id } }';
const INPUT = { messageId: 'probe', searchKey: '1', eventTypeId: 10 };
const PLAN =
  'mutation ($event: ID!, $builds: [FreshmakerPlannedBuild!]!) { freshmakerPlanBuilds(event: $event, builds: $builds) { id } }';
/** The event that the tests make first. */
export const FIRST_EVENT = 'RTE3';

/** A value nested in lists. */
function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level += 1) value = [value];
  return value;
}

/** A filter nested in itself. */
function negations(levels: number): object {
  let filter: object = { name: { eq: 'x' } };
  for (let level = 0; level < levels; level += 1) filter = { not: filter };
  return filter;
}

const documents: Probe[] = [
  { title: 'no GraphQL', query: 'select * from event', code: 'GRAPHQL_PARSE_FAILED', message: /^Syntax Error: / },
  { title: 'an empty document', query: ' ', code: 'GRAPHQL_PARSE_FAILED', message: /^Syntax Error: / },
  { title: 'a lone brace', query: '{', code: 'GRAPHQL_PARSE_FAILED', message: /^Syntax Error: / },
  {
    title: 'a document of too many tokens',
    query: `{ ${'viewer { name } '.repeat(1_000)} }`,
    code: 'GRAPHQL_PARSE_FAILED',
    message: /more that 4000 tokens/,
  },
  {
    title: 'a document that nests without end',
    query: '{a'.repeat(100_000),
    code: 'GRAPHQL_PARSE_FAILED',
    message: /more that 4000 tokens/,
  },
  { title: 'an unknown field', query: '{ nothing }', code: 'GRAPHQL_VALIDATION_FAILED', message: /"nothing"/ },
  {
    title: 'an unknown argument',
    query: '{ events(limit: 1) { totalCount } }',
    code: 'GRAPHQL_VALIDATION_FAILED',
    message: /"limit"/,
  },
  {
    title: 'an unknown operator in a filter',
    query: '{ events(filter: { name: { like: "x" } }) { totalCount } }',
    code: 'GRAPHQL_VALIDATION_FAILED',
    message: /"like"/,
  },
  {
    title: 'an unknown enum value',
    query: '{ events(filter: { state: { eq: DONE } }) { totalCount } }',
    code: 'GRAPHQL_VALIDATION_FAILED',
    message: /"DONE"/,
  },
  {
    title: 'fragments in a circle',
    query:
      '{ events { ...A } } fragment A on EventConnection { nodes { ...B } } fragment B on Event { builds { nodes { event { ...B } } } }',
    code: 'GRAPHQL_VALIDATION_FAILED',
    message: /Cannot spread fragment "B" within itself/,
  },
  {
    title: 'too many levels',
    query: `{ events { nodes { ${'builds { nodes { event { '.repeat(5)} id ${'} } }'.repeat(5)} } } }`,
    code: 'TOO_EXPENSIVE',
    message: 'The operation has more than 16 levels.',
  },
  {
    title: 'too many levels through fragments',
    query: `{ events { nodes { ...A } } }
      fragment A on Event { builds { nodes { event { builds { nodes { event { ...B } } } } } } }
      fragment B on Event { builds { nodes { event { builds { nodes { event { builds { nodes { id } } } } } } } } }`,
    code: 'TOO_EXPENSIVE',
    message: 'The operation has more than 16 levels.',
  },
  {
    title: 'too many fields through fragments with aliases',
    query: `{ ${Array.from({ length: 30 }, (_, n) => `e${n}: events { ...A }`).join(' ')} }
      fragment A on EventConnection { ${Array.from({ length: 30 }, (_, n) => `n${n}: nodes { ...B }`).join(' ')} }
      fragment B on Event { id name state }`,
    code: 'TOO_EXPENSIVE',
    message: 'The operation has more than 2000 fields.',
  },
];

const operations: Probe[] = [
  {
    title: 'an operation name that the document lacks',
    query: 'query A { viewer { name } }',
    operationName: 'B',
    code: 'OPERATION_RESOLUTION_FAILURE',
    message: 'Unknown operation named "B".',
  },
  {
    title: 'several operations and no name',
    query: 'query A { viewer { name } } query B { viewer { name } }',
    code: 'OPERATION_RESOLUTION_FAILURE',
    message: 'Must provide operation name if query contains multiple operations.',
  },
  {
    title: 'variables that are too deep',
    query: 'query ($filter: EventFilter) { events(filter: $filter) { totalCount } }',
    variables: { filter: nested(200) },
    code: 'BAD_USER_INPUT',
    message: 'variables: nested more than 100 levels deep.',
  },
  {
    title: 'a variable that is missing',
    query: 'query ($id: ID!) { node(id: $id) { id } }',
    code: 'BAD_USER_INPUT',
    message: /"\$id"/,
  },
  {
    title: 'a variable of another type',
    query: 'query ($id: ID!) { node(id: $id) { id } }',
    variables: { id: { a: 1 } },
    code: 'BAD_USER_INPUT',
    message: /"\$id"/,
  },
];

const values: Probe[] = [
  {
    title: 'an integer beyond 2^53 as literal',
    query: '{ events(filter: { freshmaker: { eventTypeId: { eq: 9007199254740993 } } }) { totalCount } }',
    code: 'GRAPHQL_VALIDATION_FAILED',
    message: /9007199254740993|safe integer/,
  },
  {
    title: 'an integer beyond 2^53 as variable',
    query: 'query ($n: SafeInt) { events(filter: { freshmaker: { eventTypeId: { eq: $n } } }) { totalCount } }',
    variables: { n: 2 ** 53 + 2 },
    code: 'BAD_USER_INPUT',
    message: /safe integer/,
  },
  {
    title: 'a fraction as integer',
    query: 'query ($n: SafeInt) { events(filter: { freshmaker: { eventTypeId: { eq: $n } } }) { totalCount } }',
    variables: { n: 1.5 },
    code: 'BAD_USER_INPUT',
    message: /"\$n"/,
  },
  {
    title: 'a page size beyond 32 bits',
    query: '{ events(first: 2147483648) { totalCount } }',
    code: 'GRAPHQL_VALIDATION_FAILED',
    message: /32-bit/,
  },
  {
    title: 'a day that does not exist',
    query: '{ events(filter: { createdAt: { gt: "2019-02-30T00:00:00Z" } }) { totalCount } }',
    code: 'GRAPHQL_VALIDATION_FAILED',
    message: /DateTime: not a time such as/,
  },
  {
    title: 'a time without zone',
    query: 'query ($t: DateTime) { events(filter: { createdAt: { gt: $t } }) { totalCount } }',
    variables: { t: '2019-02-03T00:00:00' },
    code: 'BAD_USER_INPUT',
    message: /DateTime: not a time such as/,
  },
  {
    title: 'a number as time',
    query: '{ events(filter: { createdAt: { gt: 5 } }) { totalCount } }',
    code: 'GRAPHQL_VALIDATION_FAILED',
    message: /DateTime: not a time such as/,
  },
];

const list = (args: string): string => `{ events(${args}) { nodes { id } } }`;
const lists: Probe[] = [
  { title: 'a page that is too long', query: list('first: 101'), code: 'INVALID', message: 'first: at most 100.' },
  { title: 'a negative size', query: list('first: -1'), code: 'INVALID', message: 'first: must not be negative.' },
  { title: 'a negative last', query: list('last: -1'), code: 'INVALID', message: 'last: must not be negative.' },
  {
    title: 'both ends at once',
    query: list('first: 1, last: 1'),
    code: 'INVALID',
    message: 'first, last: give only one of them.',
  },
  { title: 'a negative offset', query: list('offset: -1'), code: 'INVALID', message: 'offset: must not be negative.' },
  {
    title: 'an offset with last',
    query: list('last: 1, offset: 1'),
    code: 'INVALID',
    message: 'offset: goes with first only, not with cursors.',
  },
  {
    title: 'a cursor that is none',
    query: list('after: "rubbish"'),
    code: 'INVALID',
    message: 'after: not a cursor of this list in this order.',
  },
  {
    title: 'a cursor with NUL',
    query: list(
      `before: "${Buffer.from('["name+id+","\\u0000",1]').toString('base64url')}", orderBy: [{ field: NAME }]`,
    ),
    code: 'INVALID',
    message: 'before: not a cursor of this list in this order.',
  },
  {
    title: 'too many keys of order',
    query: list(`orderBy: [${'{ field: NAME }, '.repeat(6)}]`),
    code: 'INVALID',
    message: 'orderBy: more than 5 keys.',
  },
  {
    title: 'null as operand',
    query: list('filter: { name: { eq: null } }'),
    code: 'INVALID',
    message: 'filter.name.eq: null is not a value here; use isNull.',
  },
  {
    title: 'a filter that is too deep',
    query: 'query ($filter: EventFilter) { events(filter: $filter) { nodes { id } } }',
    variables: { filter: negations(20) },
    code: 'TOO_EXPENSIVE',
    message: /nested more than 12 levels deep/,
  },
  {
    title: 'a filter of too many conditions',
    query: 'query ($filter: EventFilter) { events(filter: $filter) { nodes { id } } }',
    variables: { filter: { or: Array.from({ length: 201 }, () => ({ name: { eq: 'x' } })) } },
    code: 'TOO_EXPENSIVE',
    message: /more than 200 conditions/,
  },
  {
    title: 'a filter of too many values',
    query: 'query ($filter: EventFilter) { events(filter: $filter) { nodes { id } } }',
    variables: { filter: { name: { in: Array.from({ length: 10_001 }, () => 'x') } } },
    code: 'TOO_EXPENSIVE',
    message: 'filter.name.in: more than 10000 values.',
  },
  {
    title: 'too many nodes',
    query: 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }',
    variables: { ids: Array.from({ length: 101 }, () => 'x') },
    code: 'INVALID',
    message: 'ids: at most 100.',
  },
  {
    title: 'a cursor of changes that is none',
    query: '{ stateChanges(after: "-1") { nodes { to } } }',
    code: 'INVALID',
    message: 'after: not a cursor of the change log.',
  },
];

const verbs: Probe[] = [
  {
    title: 'a mutation without credentials',
    query: EVENT,
    variables: { input: INPUT },
    code: 'UNAUTHENTICATED',
    message: 'This operation needs a bearer token.',
  },
  {
    title: 'a mutation without the role',
    as: 'plain',
    query: EVENT,
    variables: { input: INPUT },
    code: 'FORBIDDEN',
    message: 'This operation needs one of the roles: agent.',
  },
  {
    title: 'an image that nobody knows',
    query: '{ freshmaker { verifyImage(nvr: "x\\u0000") { message } } }',
    code: 'INVALID',
    message: 'No images found for the specified NVR',
  },
  {
    title: 'an id of another kind',
    as: 'agent',
    query: 'mutation { transitionBuild(id: "RTE3", to: RUNNING) { id } }',
    code: 'INVALID',
    message: 'id: not the id of a build.',
  },
  {
    title: 'a build that does not exist',
    as: 'agent',
    query: 'mutation { transitionBuild(id: "QjE2MDAwMDAx", to: RUNNING) { id } }',
    code: 'NOT_FOUND',
    message: 'id: there is no such build.',
  },
  {
    title: 'a state that events do not have',
    as: 'agent',
    query: `mutation { transitionEvent(id: "${FIRST_EVENT}", to: PLANNED) { id } }`,
    code: 'INVALID',
    message: "to: Freshmaker's events cannot be PLANNED.",
  },
  {
    title: 'a message that has an event',
    as: 'agent',
    query: EVENT,
    variables: { input: { ...INPUT, messageId: 'ID:50001' } },
    code: 'CONFLICT',
    message: 'messageId: event 1 has this message id.',
  },
  {
    title: 'NUL in a text to store',
    as: 'agent',
    query: EVENT,
    variables: { input: { ...INPUT, messageId: 'a\0b' } },
    code: 'INVALID',
    message: 'messageId: must not contain the NUL character.',
  },
  {
    title: 'half a surrogate pair in a text to store',
    as: 'agent',
    query: EVENT,
    variables: { input: { ...INPUT, searchKey: 'a\ud800' } },
    code: 'INVALID',
    message: 'searchKey: must not contain half a surrogate pair.',
  },
  {
    title: 'half surrogate pairs in two names that would become one',
    as: 'agent',
    query: PLAN,
    variables: { event: FIRST_EVENT, builds: [{ name: 'a\ud800' }, { name: 'a\ud801' }] },
    code: 'INVALID',
    message: 'name: must not contain half a surrogate pair.',
  },
  {
    title: 'NUL in the name of a build to wait for',
    as: 'agent',
    query: PLAN,
    variables: { event: FIRST_EVENT, builds: [{ name: 'a', dependsOnName: '\0' }] },
    code: 'INVALID',
    message: 'builds[0].dependsOnName: must not contain the NUL character.',
  },
  {
    title: 'NUL in a reason',
    as: 'agent',
    query: `mutation { transitionEvent(id: "${FIRST_EVENT}", to: RUNNING, reason: "\\u0000") { id } }`,
    code: 'INVALID',
    message: 'reason: must not contain the NUL character.',
  },
  {
    title: 'an empty text',
    as: 'agent',
    query: EVENT,
    variables: { input: { ...INPUT, messageId: '' } },
    code: 'INVALID',
    message: 'messageId: must not be empty.',
  },
  {
    title: 'too many builds at once',
    as: 'agent',
    query: PLAN,
    variables: { event: FIRST_EVENT, builds: Array.from({ length: 1_001 }, () => ({ name: 'a' })) },
    code: 'INVALID',
    message: 'builds: at most 1000 at a time.',
  },
  {
    title: 'two forms of one request',
    as: 'admin',
    query: 'mutation { freshmakerRequestRebuild(input: { errataId: 1 }, request: { errata_id: 1 }) { id } }',
    code: 'INVALID',
    message: 'input, request: give exactly one of them.',
  },
  {
    title: 'no form of a request',
    as: 'admin',
    query: 'mutation { freshmakerRequestRebuild { id } }',
    code: 'INVALID',
    message: 'input, request: give exactly one of them.',
  },
  {
    title: 'an event number that no event can have',
    as: 'admin',
    query: 'mutation { freshmakerCancelEvent(legacyId: "1\\u0000") { id } }',
    code: 'NOT_FOUND',
    message: 'No such event found.',
  },
];

/** Requests that must be refused, alike on every transport. */
export const PROBES: readonly Probe[] = [...documents, ...operations, ...values, ...lists, ...verbs];

const FOUND_BY_TEXT = `query ($text: String!) { event(system: FRESHMAKER, legacyId: $text) { id } }`;

/** Texts and numbers at the edge of what columns hold; asking for them finds nothing and breaks nothing. */
export const HARMLESS: readonly ({ readonly title: string } & WireRequest)[] = [
  { title: 'NUL as legacy id', query: '{ event(system: FRESHMAKER, legacyId: "\\u0000") { id } }' },
  { title: 'NUL as key of a project', query: '{ project(system: FRESHMAKER, legacyId: "\\u0000") { id } }' },
  { title: 'half a surrogate pair as legacy id', query: FOUND_BY_TEXT, variables: { text: '\ud800' } },
  { title: 'NUL as id', query: '{ node(id: "\\u0000") { id } }' },
  ...['eq', 'contains', 'icontains', 'startsWith', 'gt', 'gte'].flatMap((operator) => [
    { title: `NUL in ${operator}`, query: `{ events(filter: { name: { ${operator}: "\\u0000" } }) { nodes { id } } }` },
    {
      title: `half a surrogate pair in ${operator}`,
      query: `query ($text: String!) { events(filter: { legacyId: { ${operator}: $text } }) { totalCount } }`,
      variables: { text: '\udfff\ud800' },
    },
  ]),
  {
    title: 'NUL and half a surrogate pair in a list of values',
    query: 'query ($texts: [String!]!) { events(filter: { legacyId: { in: $texts } }) { totalCount } }',
    variables: { texts: ['\0', '\ud800', '"', '\\', '{}', 'NULL'] },
  },
  {
    title: 'NUL in the key of a project',
    query: '{ builds(filter: { project: { in: ["\\u0000"] } }) { totalCount } }',
  },
  {
    title: 'NUL in the filter of another record',
    query: '{ builds(filter: { event: { freshmaker: { messageId: { eq: "\\u0000" } } } }) { totalCount } }',
  },
  {
    title: 'the largest integer',
    query: '{ events(filter: { freshmaker: { eventTypeId: { eq: 9007199254740991 } } }) { totalCount } }',
  },
  { title: 'the largest offset', query: '{ events(offset: 2147483647) { nodes { id } } }' },
  { title: 'the largest cursor', query: '{ stateChanges(after: "9007199254740991") { nodes { to } } }' },
  { title: 'the last time', query: '{ events(filter: { createdAt: { gt: "9999-12-31T23:59:59Z" } }) { totalCount } }' },
];
