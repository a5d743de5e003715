import type { BulkRow } from '../../../core/import/bulk.js';
import { RowFields, type Place } from '../../../core/import/fields.js';
import { recordId } from '../../../core/ids.js';
import { System } from '../../../core/model/states.js';
import { BUILD_TYPES, buildStateOf, eventName, eventStateOf } from '../codes.js';

/** An event of the file, checked as far as it can be alone. Ids are Freshmaker's. */
export interface EventItem {
  readonly place: Place;
  readonly id: number;
  readonly messageId: string;
  readonly requester: string | null;
  readonly dependsOn: readonly number[];
  /** Values for the columns of `EVENTS`. */
  readonly row: BulkRow;
  /** The inlined builds, not yet checked. */
  readonly builds: readonly unknown[];
}

/** A build of the file, checked as far as it can be alone. Ids are Freshmaker's. */
export interface BuildItem {
  readonly place: Place;
  readonly id: number;
  readonly eventId: number;
  readonly name: string;
  readonly dependsOnId: number | null;
  /** Values for the columns of `BUILDS`, given what other rows decide. */
  row(projectId: number, requester: string | null): BulkRow;
}

/**
 * Reads one of `events` (contract freshmaker, section 12).
 * @throws BuildgateError INVALID naming the row
 */
export function readEvent(value: unknown, place: Place): EventItem {
  const fields = new RowFields(value, place);
  const id = fields.number('id');
  const messageId = fields.text('message_id');
  const searchKey = fields.text('search_key');
  const eventTypeId = fields.integer('event_type_id');
  const code = fields.integer('state');
  const state = eventStateOf(code);
  if (!state) throw fields.refusal('state', `there is no event state ${code}.`);
  const requester = fields.optionalText('requester', null);
  const row: BulkRow = [
    recordId(System.FRESHMAKER, id),
    System.FRESHMAKER,
    String(id),
    eventName(eventTypeId, searchKey),
    state.state,
    String(code),
    fields.optionalText('state_reason', null),
    requester,
    fields.optionalTime('time_created'),
    fields.optionalTime('time_started'),
    fields.optionalTime('time_done'),
    messageId,
    searchKey,
    eventTypeId,
    fields.nullableBoolean('dry_run', false),
    JSON.stringify(fields.texts('requested_rebuilds')),
    fields.json('requester_metadata', '{}'),
  ];
  const dependsOn = fields.numbers('depends_on_events');
  return { place, id, messageId, requester, dependsOn, row, builds: fields.list('builds') };
}

/**
 * Reads one of `builds`, or an inlined one.
 * @throws BuildgateError INVALID naming the row
 */
export function readBuild(value: unknown, place: Place): BuildItem {
  const fields = new RowFields(value, place);
  const id = fields.number('id');
  const eventId = fields.number('event_id');
  const name = fields.text('name');
  const type = fields.integer('type');
  if (!BUILD_TYPES[type]) throw fields.refusal('type', `there is no build type ${type}.`);
  const code = fields.integer('state');
  const state = buildStateOf(code);
  if (!state) throw fields.refusal('state', `there is no build state ${code}.`);
  const submittedAt = fields.time('time_submitted');
  const startedAt = fields.optionalTime('time_started');
  const finishedAt = fields.optionalTime('time_completed');
  const stateReason = fields.optionalText('state_reason', null);
  const dependsOnId = fields.optionalNumber('dep_on_id');
  const own: BulkRow = [
    type,
    fields.optionalText('original_nvr', null),
    fields.optionalText('rebuilt_nvr', null),
    fields.optionalInteger('build_id'),
    dependsOnId === null ? null : recordId(System.FRESHMAKER, dependsOnId),
    fields.json('build_args', '{}'),
    JSON.stringify(fields.integers('odcs_composes')),
    fields.optionalText('rebuild_reason', 'unknown'),
    fields.json('bundle_pullspec_overrides', null),
  ];
  return {
    place,
    id,
    eventId,
    name,
    dependsOnId,
    row: (projectId, requester) => [
      recordId(System.FRESHMAKER, id),
      System.FRESHMAKER,
      String(id),
      recordId(System.FRESHMAKER, eventId),
      name,
      state.state,
      String(code),
      stateReason,
      projectId,
      requester,
      submittedAt,
      startedAt,
      finishedAt,
      ...own,
    ],
  };
}
