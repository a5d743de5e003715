import type { Probe } from './probe.js';
import { LIST_PROBES, VERB_PROBES } from './probes-of-arguments.js';
import type { WireRequest } from './transports.js';

/** A value nested in lists. */
function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level += 1) value = [value];
  return value;
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

const fieldsWith = (count: number, field: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => field(index)).join(' ');

const counts: Probe[] = [
  {
    title: 'too many aliases',
    query: `{ ${fieldsWith(501, (n) => `a${n}: __typename`)} }`,
    code: 'TOO_EXPENSIVE',
    message: 'The operation has more than 500 aliases.',
  },
  {
    title: 'too many aliases through fragments',
    query: `{ ${fieldsWith(30, (n) => `e${n}: events { ...A }`)} } fragment A on EventConnection { ${fieldsWith(20, (n) => `t${n}: totalCount`)} }`,
    code: 'TOO_EXPENSIVE',
    message: 'The operation has more than 500 aliases.',
  },
  {
    title: 'too many directives at one place',
    query: `{ viewer ${'@include(if: true) '.repeat(6)} { name } }`,
    code: 'TOO_EXPENSIVE',
    message: 'One place of the document has more than 5 directives.',
  },
  {
    title: 'the same of directives that nobody knows',
    query: `query ${'@nothing '.repeat(1_000)} { viewer { name } }`,
    code: 'TOO_EXPENSIVE',
    message: 'The operation has more than 500 directives.',
  },
  {
    title: 'too many directives through fragments',
    query: `{ ${fieldsWith(26, () => '...A')} } fragment A on Query { ${fieldsWith(20, () => '__typename @include(if: true)')} }`,
    code: 'TOO_EXPENSIVE',
    message: 'The operation has more than 500 directives.',
  },
  {
    title: 'too many mutations at once',
    query: `mutation { ${fieldsWith(101, (n) => `m${n}: devmasonRegisterProject(name: "a", slug: "a") { slug }`)} }`,
    code: 'TOO_EXPENSIVE',
    message: 'The operation has more than 100 mutations.',
  },
  {
    title: 'the same through fragments',
    query: `mutation { ${fieldsWith(11, () => '...A')} } fragment A on Mutation { ${fieldsWith(10, () => '__typename')} }`,
    code: 'TOO_EXPENSIVE',
    message: 'The operation has more than 100 mutations.',
  },
  {
    title: 'fragments that multiply each other without end',
    query: `{ ...F0 } ${fieldsWith(60, (n) => `fragment F${n} on Query { ...F${n + 1} ...F${n + 1} }`)} fragment F60 on Query { __typename }`,
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
    title: 'variables of too many values',
    query: 'query ($filter: EventFilter) { events(filter: $filter) { totalCount } }',
    variables: { filter: { name: { in: Array.from({ length: 100_001 }, () => 1) } } },
    code: 'TOO_EXPENSIVE',
    message: 'variables: more than 100000 values.',
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

const pages: Probe[] = [
  {
    title: 'a page of a million',
    query: '{ events(first: 1000000) { nodes { id } } }',
    code: 'TOO_EXPENSIVE',
    message: 'The operation asks for more than 200000 rows: take smaller pages.',
  },
  {
    title: 'a page of a million by a variable',
    query: 'query ($n: Int) { events(first: $n) { nodes { id } } }',
    variables: { n: 1_000_000 },
    code: 'TOO_EXPENSIVE',
    message: 'The operation asks for more than 200000 rows: take smaller pages.',
  },
  {
    title: 'pages inside of pages that are too many rows',
    query:
      '{ builds(first: 100) { nodes { event { builds(first: 100) { nodes { event { builds { nodes { id } } } } } } } } }',
    code: 'TOO_EXPENSIVE',
    message: 'The operation asks for more than 200000 rows: take smaller pages.',
  },
  {
    title: 'the same by variables and fragments',
    query: `query ($n: Int = 100) { builds(last: $n) { edges { node { ...B } } } }
      fragment B on Build { event { builds(first: $n) { nodes { changes(first: $n) { nodes { to } } } } } }`,
    code: 'TOO_EXPENSIVE',
    message: 'The operation asks for more than 200000 rows: take smaller pages.',
  },
  {
    title: 'the same by lists without pages',
    query: `{ events(first: 100) { nodes { ... on FreshmakerEvent { artifactBuilds { dependents { dependents { dependents {
      freshmakerEvent { id } } } } } } } } }`,
    code: 'TOO_EXPENSIVE',
    message: 'The operation asks for more than 200000 rows: take smaller pages.',
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

/** Requests that must be refused, alike on every transport. */
export const PROBES: readonly Probe[] = [
  ...documents,
  ...counts,
  ...operations,
  ...pages,
  ...values,
  ...LIST_PROBES,
  ...VERB_PROBES,
];

const FOUND_BY_TEXT = `query ($text: String!) { event(system: FRESHMAKER, legacyId: $text) { id } }`;

/** Texts and numbers at the edge of what columns hold; asking for them finds nothing and breaks nothing. */
export const HARMLESS: readonly ({ readonly title: string } & WireRequest)[] = [
  { title: 'NUL as legacy id', query: '{ event(system: FRESHMAKER, legacyId: "\\u0000") { id } }' },
  { title: 'NUL as key of a project', query: '{ project(system: FRESHMAKER, legacyId: "\\u0000") { id } }' },
  { title: 'half a surrogate pair as legacy id', query: FOUND_BY_TEXT, variables: { text: '\ud800' } },
  { title: 'NUL as id', query: '{ node(id: "\\u0000") { id } }' },
  ...['eq', 'contains', 'icontains', 'startsWith', 'lt', 'lte'].map((operator) => ({
    title: `NUL in ${operator}`,
    query: `{ events(filter: { name: { ${operator}: "\\u0000" } }) { nodes { id } } }`,
  })),
  ...['eq', 'contains', 'icontains', 'startsWith', 'gt', 'gte'].map((operator) => ({
    title: `half a surrogate pair in ${operator}`,
    query: `query ($text: String!) { events(filter: { legacyId: { ${operator}: $text } }) { totalCount } }`,
    variables: { text: '\udfff\ud800' },
  })),
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
