import type { BulkRow } from '../../../core/import/bulk.js';
import { RowFields, shown, type Place } from '../../../core/import/fields.js';
import { State } from '../../../core/model/states.js';
import type { OffsetTime } from '../../../core/time.js';
import { BUILD_ID, USERNAME } from '../names.js';
import { splitTags } from '../tags.js';
import { isIndexable, MAX_CLIENT } from '../texts.js';
import { readSteps, type ReadStep } from './steps.js';
import { indexedTextOf, optionalTimeOf, optionalUsernameOf, requireIndexed, timeOf } from './values.js';

/** One of `builds`, checked as far as it can be alone. */
export interface ReadBuild {
  readonly place: Place;
  /** `{slug}/{id}` */
  readonly legacyId: string;
  /** As it stands in addresses. */
  readonly id: string;
  readonly isRunning: boolean;
  /** When it counts as received: microseconds since 1970. */
  readonly reportedAt: number;
  /** The values of its stage from the legacy id to the order of its id. */
  readonly row: BulkRow;
  readonly tags: ReadonlySet<string>;
  readonly steps: readonly ReadStep[];
  /** Bytes of its texts. */
  readonly size: number;
}

/** Digits of the longest id of a build. */
const MAX_DIGITS = 64;

/** @throws BuildgateError INVALID naming row and field */
export function readBuild(value: unknown, place: Place): ReadBuild {
  const fields = new RowFields(value, place);
  const slug = fields.text('project');
  const id = readId(fields);
  const started = timeOf(fields, 'started');
  const outcome = readOutcome(fields);
  const { finished, state } = outcome;
  const client = readClient(fields);
  const reportedAt = optionalTimeOf(fields, 'received', finished ?? started).at;
  const steps = readSteps(fields, place, { started, finished: finished ?? started, reportedAt });
  const size = steps.reduce((sum, step) => sum + step.size, 0);
  const legacyId = `${slug}/${id}`;
  const row = [
    legacyId,
    state,
    outcome.legacyState,
    state === State.FAILED ? firstFailed(steps) : null,
    client.requester,
    reportedAt,
    started.at,
    finished?.at ?? null,
    client.json,
    client.user,
    outcome.incremental,
    client.gone,
    started.offset,
    finished?.offset ?? null,
    finished?.at ?? Number.MAX_SAFE_INTEGER,
    steps.length,
    size,
    slug,
    client.reporter,
    client.credited,
    /^\d+$/.test(id) ? id.padStart(MAX_DIGITS, '0') : null,
  ];
  const told = { isRunning: state === State.RUNNING, reportedAt, size: size + client.json.length };
  return { place, legacyId, id, ...told, row, tags: readTags(fields), steps };
}

/** A number stays the number that it is, however large. */
function readId(fields: RowFields): string {
  const value = fields.value('id');
  const id = typeof value === 'string' ? value : JSON.stringify(value);
  if (!BUILD_ID.test(id) || (typeof value !== 'string' && !/^\d+$/.test(id)))
    throw fields.refusal('id', `not the id of a build: ${shown(value)}.`);
  return id;
}

interface Outcome {
  readonly incremental: boolean;
  readonly finished: OffsetTime | null;
  readonly state: State;
  readonly legacyState: string;
}

/** A build that was begun to be reported in pieces is in progress until it has a time of finishing. */
function readOutcome(fields: RowFields): Outcome {
  const incremental = fields.nullableBoolean('incremental', false) ?? false;
  for (const field of ['success', 'finished']) {
    if (!fields.has(field)) throw fields.refusal(field, 'is required.');
    if (fields.isNull(field) && !incremental) throw fields.refusal(field, 'null only when incremental is true.');
  }
  const success = fields.nullableBoolean('success', false);
  const finished = fields.isNull('finished') ? null : timeOf(fields, 'finished');
  if (finished === null) return { incremental, finished, state: State.RUNNING, legacyState: 'in progress' };
  if (success === null) return { incremental, finished, state: State.UNKNOWN, legacyState: 'unknown' };
  return success
    ? { incremental, finished, state: State.SUCCEEDED, legacyState: 'succeeded' }
    : { incremental, finished, state: State.FAILED, legacyState: 'failed' };
}

interface Client {
  /** As the old API showed it. */
  readonly json: string;
  /** The user to credit, when that can be the name of one. */
  readonly user: string | null;
  readonly requester: string | null;
  readonly reporter: string | null;
  /** The reporter if they are one of the users of the file. */
  readonly credited: string | null;
  /** True: there was a reporter, who was deleted; null: nothing is said of that. */
  readonly gone: true | null;
}

function readClient(fields: RowFields): Client {
  const client = fields.record('client');
  for (const key of ['host', 'arch']) {
    if (typeof client[key] !== 'string') throw fields.refusal(`client.${key}`, 'a text is required.');
  }
  const named = optionalUsernameOf(fields, 'reporter');
  const reporter = named || null;
  const gone = fields.has('reporter_gone') ? indexedTextOf(fields, 'reporter_gone') : null;
  const user = client.user ?? reporter ?? '';
  const text = typeof user === 'string' && user !== '' ? user : null;
  const name = text !== null && USERNAME.test(text) ? text : null;
  const json = JSON.stringify({ ...client, user });
  if (Buffer.byteLength(json) > MAX_CLIENT) throw fields.refusal('client', `more than ${MAX_CLIENT} bytes of JSON.`);
  return {
    json,
    user: name,
    requester: reporter ?? (gone || (text !== null && isIndexable(text) ? text : null)),
    reporter,
    // A reporter who is said to be nobody, or gone, is not looked for.
    credited: named === null && gone === null ? name : null,
    gone: gone === null ? null : true,
  };
}

function readTags(fields: RowFields): ReadonlySet<string> {
  fields.value('tags');
  const tags = splitTags(fields.texts('tags'));
  for (const tag of tags) requireIndexed(fields, 'tags', tag);
  return tags;
}

/** Name of the failed step that is shown first. */
function firstFailed(steps: readonly ReadStep[]): string | null {
  const failed = steps.filter((step) => !step.success).toSorted((left, right) => left.started.at - right.started.at);
  return failed[0]?.name ?? null;
}
