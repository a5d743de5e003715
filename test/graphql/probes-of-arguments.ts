import type { Probe } from './probe.js';

const EVENT = 'mutation ($input: FreshmakerEventInput!) { freshmakerCreateEvent(input: $input) { id } }';
const INPUT = { messageId: 'probe', searchKey: '1', eventTypeId: 10 };
const PLAN =
  'mutation ($event: ID!, $builds: [FreshmakerPlannedBuild!]!) { freshmakerPlanBuilds(event: $event, builds: $builds) { id } }';
/** The event that the tests make first. */
export const FIRST_EVENT = 'RTE3';

/** A filter nested in itself. */
function negations(levels: number): object {
  let filter: object = { name: { eq: 'x' } };
  for (let level = 0; level < levels; level += 1) filter = { not: filter };
  return filter;
}

const list = (args: string): string => `{ events(${args}) { nodes { id } } }`;
/** Lists asked for wrongly. */
export const LIST_PROBES: readonly Probe[] = [
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
    query: list(`orderBy: [${'{ field: NAME }, '.repeat(21)}]`),
    code: 'INVALID',
    message: 'orderBy: more than 20 keys.',
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

/** Verbs asked for wrongly, or by the wrong caller. */
export const VERB_PROBES: readonly Probe[] = [
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
