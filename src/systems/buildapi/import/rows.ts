import { recordId } from '../../../core/ids.js';
import type { BulkRow } from '../../../core/import/bulk.js';
import { RowFields, type Place } from '../../../core/import/fields.js';
import { State, System } from '../../../core/model/states.js';
import { requesterOf } from '../branches.js';
import { jobState } from '../states.js';

/**
 * The rows of the import format, checked as far as each can be alone (contract buildapi, section 13). Every reader
 * throws a BuildgateError INVALID that names row and field. Where null says that a value is missing, as in the answers
 * of the old API, it means the same as an absent key.
 */

const SECOND = 1_000_000;
const LARGEST_RESULT = 6;
const INT32 = 2 ** 31;

/** A row with the number that it goes by in its system, and its values for a stage. */
export interface Numbered {
  readonly number: number;
  readonly row: BulkRow;
}

const id = (number: number): number => recordId(System.BUILDAPI, number);
const micros = (seconds: number | null): number | null => (seconds === null ? null : seconds * SECOND);

/** One of `branches`: its name, and all other keys in their order as JSON text. */
export function readBranch(value: unknown, place: Place): { readonly name: string; readonly row: BulkRow } {
  const fields = new RowFields(value, place);
  const name = fields.text('name');
  if (name === '') throw fields.refusal('name', 'must not be empty.');
  fields.text('repo');
  const attributes = Object.entries(value as object).filter(([key]) => key !== 'name');
  return { name, row: [name, JSON.stringify(Object.fromEntries(attributes))] };
}

/** One of `builders`. */
export function readBuilder(value: unknown, place: Place): { readonly key: string; readonly row: BulkRow } {
  const fields = new RowFields(value, place);
  const row = [fields.text('branch'), fields.text('name')];
  return { key: JSON.stringify(row), row };
}

/** One of `changes`. */
export function readChange(value: unknown, place: Place): Numbered {
  const fields = new RowFields(value, place, 'changeid');
  const number = fields.number('changeid');
  const author = fields.text('author');
  const revision = fields.optionalText('revision', null);
  const row = [
    id(number),
    System.BUILDAPI,
    String(number),
    revision || `change ${number}`,
    State.UNKNOWN,
    '',
    author,
    fields.seconds('when_timestamp') * SECOND,
    fields.optionalText('branch', null),
    revision,
    fields.optionalText('comments', null),
    fields.optionalText('revlink', null),
    fields.optionalText('category', null),
    JSON.stringify(fields.isNull('files') ? [] : fields.texts('files')),
  ];
  return { number, row };
}

/** One of `requests`, with the internal ids of its changes. */
export function readRequest(value: unknown, place: Place): Numbered & { readonly changes: ReadonlySet<number> } {
  const fields = new RowFields(value, place, 'request_id');
  const number = fields.number('request_id');
  const name = fields.text('buildername');
  const submitted = fields.seconds('submittime');
  const complete = fields.optionalIntegerWithin('complete', 0, 1) === 1;
  const claimedAt = fields.optionalSeconds('claimed_at') ?? 0;
  const reason = fields.optionalText('reason', null);
  const row = [
    id(number),
    System.BUILDAPI,
    String(number),
    name,
    complete ? 'complete' : claimedAt > 0 ? 'running' : 'pending',
    requesterOf(null, reason),
    submitted * SECOND,
    micros(fields.optionalSeconds('complete_at')),
    fields.optionalText('branch', null),
    fields.optionalText('revision', null),
    fields.optionalIntegerWithin('priority', -INT32, INT32 - 1) ?? 0,
    claimedAt,
    fields.optionalText('claimed_by_name', null),
    fields.optionalText('claimed_by_incarnation', null),
    fields.optionalIntegerWithin('results', 0, LARGEST_RESULT),
    reason,
    fields.object('properties', null) ?? '{}',
    fields.optionalInteger('buildsetid'),
  ];
  const changes = fields.isNull('change_ids') ? [] : fields.numbers('change_ids');
  return { number, row, changes: new Set(changes.map(id)) };
}

/** One of `builds`. */
export function readBuild(value: unknown, place: Place): Numbered {
  const fields = new RowFields(value, place, 'build_id');
  const number = fields.number('build_id');
  const row = [
    id(number),
    id(requestOf(fields)),
    fields.integer('buildnumber'),
    fields.seconds('starttime') * SECOND,
    micros(fields.optionalSeconds('endtime')),
    fields.optionalText('slavename', null),
    fields.optionalIntegerWithin('status', 0, LARGEST_RESULT),
    fields.optionalText('claimed_by_name', null),
  ];
  return { number, row };
}

/** The request that a build is an attempt at: its own field, else the first of `requests`. */
function requestOf(fields: RowFields): number {
  const own = fields.optionalNumber('request_id');
  if (own !== null) return own;
  const [first] = fields.isNull('requests') ? [] : fields.list('requests');
  const number = first === undefined ? undefined : (first as { request_id?: unknown } | null)?.request_id;
  if (number === undefined) throw fields.refusal('request_id', 'is required, or requests with a request_id.');
  return fields.numberFrom('requests[0].request_id', number);
}

/** One of `jobs`. It is history: nothing carries it out. */
export function readJob(value: unknown, place: Place): Numbered {
  const fields = new RowFields(value, place, 'job_id');
  const number = fields.number('job_id');
  const action = fields.text('action');
  const who = fields.text('who');
  const created = fields.seconds('when');
  const finished = micros(fields.optionalSeconds('completed_at'));
  const what = fields.object('what', null);
  if (what === null) throw fields.refusal('what', fields.has('what') ? 'must be an object.' : 'is required.');
  const completeData = fields.json('complete_data', null);
  const mapped = jobState(finished, completeData === null ? null : JSON.parse(completeData));
  const row = [
    id(number),
    System.BUILDAPI,
    String(number),
    action,
    mapped.state,
    mapped.legacyState,
    mapped.reason,
    who,
    created * SECOND,
    fields.optionalTime('started_at'),
    finished,
    what,
    completeData,
    true,
  ];
  return { number, row };
}
