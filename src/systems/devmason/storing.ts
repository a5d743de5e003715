import { recordId } from '../../core/ids.js';
import { Kind, State, System } from '../../core/model/states.js';
import { insertRows, type NewRow } from '../../core/store/rows.js';
import { inList, raw, sql } from '../../core/store/sql.js';
import type { Transaction } from '../../core/store/transaction.js';
import type { OffsetTime } from '../../core/time.js';
import { ended, LEGACY_STATES, type LockedProject } from './records.js';
import { firstFailure, type ReportedBuild, type ReportedStep } from './reported.js';

/** Where reported builds and steps are written: a bounded number of statements for any number of steps. */

/** What a build is stored as. */
export interface NewBuild {
  /** Number of the record. */
  readonly number: number;
  /** Number of the first step's record; the others follow. */
  readonly stepNumber: number;
  readonly project: LockedProject;
  readonly buildId: string;
  readonly reporter: { readonly id: number; readonly name: string } | null;
}

/** What a step becomes part of. */
export interface StepPlace {
  readonly buildRecordId: number;
  readonly projectId: number;
  /** Legacy id of the build. */
  readonly buildLegacyId: string;
  /** Number of the first step's record. */
  readonly number: number;
  /** Order of arrival of the first step within the build, from 1. */
  readonly arrival: number;
}

/** A step with all its times. */
export type TimedStep = ReportedStep & { readonly started: OffsetTime; readonly finished: OffsetTime };

/** Stores a build with its tags and steps; gives its internal id. */
export async function storeBuild(transaction: Transaction, place: NewBuild, build: ReportedBuild): Promise<number> {
  const { number, stepNumber, project, buildId } = place;
  const now = { at: transaction.now, offset: 0 };
  const started = build.started ?? now;
  const finished = build.incremental ? null : (build.finished ?? now);
  const steps = build.steps.map((step) => timedStep(step, started, finished ?? now));
  const id = recordId(System.DEVMASON, number);
  const buildLegacyId = `${project.slug}/${buildId}`;
  const row = buildRow(place, build, { started, finished, reason: failureOf(build, steps) });
  await insertRows(transaction, 'build', [{ ...row, id, legacy_id: buildLegacyId, submitted_at: transaction.now }]);
  await storeTags(transaction, project.id, id, build.tags);
  const stepPlace = { buildRecordId: id, projectId: project.id, buildLegacyId, number: stepNumber, arrival: 1 };
  await storeSteps(transaction, stepPlace, steps);
  // Behind its steps: who follows the build until it is over has seen them all by then.
  const change = { system: System.DEVMASON, kind: Kind.BUILD, recordId: id, from: null } as const;
  transaction.recordChange({ ...change, to: stateOf(build), reason: failureOf(build, steps) });
  return id;
}

/** A step whose missing times are filled in. */
export function timedStep(step: ReportedStep, started: OffsetTime, finished: OffsetTime): TimedStep {
  return { ...step, started: step.started ?? started, finished: step.finished ?? finished };
}

/** Stores steps with what they say, and logs them. */
export async function storeSteps(
  transaction: Transaction,
  place: StepPlace,
  steps: readonly TimedStep[],
): Promise<void> {
  const rows = steps.map((step, index) => stepRow(place, step, index, transaction.now));
  await insertRows(transaction, 'job', rows);
  const outputs = steps.map(({ output, errout, extra }, index) => {
    return { job_id: recordId(System.DEVMASON, place.number + index), output, errout, extra };
  });
  await insertRows(transaction, 'devmason_step_output', outputs);
  for (const [index, { success }] of steps.entries()) {
    const id = recordId(System.DEVMASON, place.number + index);
    const to = ended(success);
    transaction.recordChange({ system: System.DEVMASON, kind: Kind.JOB, recordId: id, from: null, to, reason: null });
  }
}

function stateOf({ success }: ReportedBuild): keyof typeof LEGACY_STATES {
  return success === null ? State.RUNNING : ended(success);
}

function failureOf({ success }: ReportedBuild, steps: readonly TimedStep[]): string | null {
  if (success !== false) return null;
  return firstFailure(steps.map((step) => ({ ...step, startedAt: step.started.at })));
}

function buildRow(
  { project, buildId, reporter }: NewBuild,
  build: ReportedBuild,
  times: { readonly started: OffsetTime; readonly finished: OffsetTime | null; readonly reason: string | null },
): NewRow {
  const { started, finished, reason } = times;
  const state = stateOf(build);
  return {
    system: System.DEVMASON,
    name: buildName(buildId, project.name),
    state,
    legacy_state: LEGACY_STATES[state],
    state_reason: reason,
    project_id: project.id,
    requester: reporter?.name ?? build.credit,
    started_at: started.at,
    finished_at: finished?.at ?? null,
    devmason_client: build.client,
    devmason_client_user: build.clientUser,
    devmason_reporter_id: reporter?.id ?? null,
    devmason_incremental: build.incremental,
    devmason_started_offset: started.offset,
    devmason_finished_offset: finished?.offset ?? null,
    devmason_finished_order: finished?.at ?? Number.MAX_SAFE_INTEGER,
    devmason_step_count: build.steps.length,
    devmason_size: build.steps.reduce((sum, { size }) => sum + size, 0),
  };
}

/** What a build is called. */
function buildName(buildId: string, projectName: string): string {
  return `Build ${buildId} for ${projectName}`;
}

/** Calls all builds of a project by its new name. */
export async function renameBuilds(
  transaction: Transaction,
  { id, slug }: LockedProject,
  projectName: string,
): Promise<void> {
  const idFrom = Array.from(slug).length + 2;
  await transaction.all(
    sql`UPDATE build SET name = 'Build ' || substr(legacy_id, ${idFrom}) || ' for ' || ${projectName}
      WHERE project_id = ${id}`,
  );
}

function stepRow(place: StepPlace, step: TimedStep, index: number, now: number): NewRow {
  const { name, success, started, finished, size } = step;
  const state = ended(success);
  const arrival = place.arrival + index;
  return {
    id: recordId(System.DEVMASON, place.number + index),
    system: System.DEVMASON,
    legacy_id: `${place.buildLegacyId}/${arrival}`,
    build_id: place.buildRecordId,
    project_id: place.projectId,
    name,
    state,
    legacy_state: LEGACY_STATES[state],
    created_at: now,
    started_at: started.at,
    finished_at: finished.at,
    devmason_number: arrival,
    devmason_started_offset: started.offset,
    devmason_finished_offset: finished.offset,
    devmason_size: size,
  };
}

async function storeTags(
  transaction: Transaction,
  projectId: number,
  buildRecordId: number,
  tags: readonly string[],
): Promise<void> {
  if (tags.length === 0) return;
  const rows = tags.map((name) => ({ project_id: projectId, name }));
  await insertRows(transaction, 'devmason_tag', rows, raw('ON CONFLICT (project_id, name) DO NOTHING'));
  await transaction.all(
    sql`INSERT INTO devmason_build_tag (build_id, tag_id) SELECT ${buildRecordId}, id FROM devmason_tag
      WHERE project_id = ${projectId} AND ${inList(transaction.dialect, raw('name'), tags, 'text')}`,
  );
}
