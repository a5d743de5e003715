import { Kind, State, System } from '../model/states.js';
import { RecordList, type ColumnField, type FilterField, type OrderField } from './fields.js';

const COLUMNS = {
  id: 'id',
  system: 'system',
  legacyId: 'legacy_id',
  name: 'name',
  state: 'state',
  legacyState: 'legacy_state',
  stateReason: 'state_reason',
  projectId: 'project_id',
  requester: 'requester',
  startedAt: 'started_at',
  finishedAt: 'finished_at',
};

const FIELDS: Readonly<Record<string, FilterField>> = {
  system: {
    column: 'system',
    type: 'enum',
    values: System,
    nullable: false,
    description: 'System the record belongs to.',
  },
  state: { column: 'state', type: 'enum', values: State, nullable: false, description: 'Unified state.' },
  legacyId: { column: 'legacy_id', type: 'text', nullable: false, description: 'Key in the legacy system.' },
  project: {
    column: 'project_id',
    table: 'project',
    lookupColumn: 'legacy_id',
    nullable: true,
    indexed: true,
    description: 'Key of the project in the legacy system.',
  },
  requester: {
    column: 'requester',
    type: 'text',
    nullable: true,
    indexed: true,
    description: 'Name of the user who asked for it.',
  },
  startedAt: { column: 'started_at', type: 'time', nullable: true, description: 'When work on it began.' },
  finishedAt: { column: 'finished_at', type: 'time', nullable: true, description: 'When it reached an end state.' },
};

function nameOf(table: string): ColumnField {
  const search = `search_${table}_name`;
  return { column: 'name', type: 'text', nullable: false, indexed: true, search, description: 'Name.' };
}

const ORDERS: Readonly<Record<string, OrderField>> = {
  LEGACY_ID: {
    column: 'id',
    type: 'integer',
    nullable: false,
    description: 'The number that the system gave the record; within one system the order of recording.',
  },
  NAME: { column: 'name', type: 'text', nullable: false, description: 'Name, by code point.' },
  STATE: { column: 'state', type: 'enum', nullable: false, description: 'State, in the order of the enum.' },
  STARTED_AT: { column: 'started_at', type: 'time', nullable: true, description: 'When work on it began.' },
  FINISHED_AT: { column: 'finished_at', type: 'time', nullable: true, description: 'When it reached an end state.' },
};

const event: FilterField = { column: 'event_id', references: () => EVENTS, description: 'The event it belongs to.' };
const build: FilterField = { column: 'build_id', references: () => BUILDS, description: 'The build it belongs to.' };

/** All events. */
export const EVENTS = new RecordList(Kind.EVENT, 'event', {
  columns: { ...COLUMNS, createdAt: 'created_at' },
  fields: {
    ...FIELDS,
    name: nameOf('event'),
    createdAt: { column: 'created_at', type: 'time', nullable: true, description: 'When it was recorded.' },
  },
  orders: {
    ...ORDERS,
    CREATED_AT: { column: 'created_at', type: 'time', nullable: true, description: 'When it was recorded.' },
  },
});

/** All builds. */
export const BUILDS = new RecordList(Kind.BUILD, 'build', {
  columns: { ...COLUMNS, eventId: 'event_id', submittedAt: 'submitted_at' },
  fields: {
    ...FIELDS,
    name: nameOf('build'),
    submittedAt: { column: 'submitted_at', type: 'time', nullable: false, description: 'When it was recorded.' },
    event,
  },
  orders: {
    ...ORDERS,
    SUBMITTED_AT: { column: 'submitted_at', type: 'time', nullable: false, description: 'When it was recorded.' },
    EVENT: { column: 'event_id', type: 'integer', nullable: true, description: "The event's number." },
  },
});

/** All jobs. */
export const JOBS = new RecordList(Kind.JOB, 'job', {
  columns: { ...COLUMNS, eventId: 'event_id', buildId: 'build_id', createdAt: 'created_at' },
  fields: {
    ...FIELDS,
    name: nameOf('job'),
    createdAt: { column: 'created_at', type: 'time', nullable: false, description: 'When it was recorded.' },
    event,
    build,
  },
  orders: {
    ...ORDERS,
    CREATED_AT: { column: 'created_at', type: 'time', nullable: false, description: 'When it was recorded.' },
  },
});

/** All projects. */
export const PROJECTS = new RecordList(null, 'project', {
  columns: { id: 'id', system: 'system', legacyId: 'legacy_id', name: 'name' },
  fields: {
    system: { column: 'system', type: 'enum', values: System, nullable: false, description: 'System it belongs to.' },
    legacyId: { column: 'legacy_id', type: 'text', nullable: false, description: 'Key in the legacy system.' },
    name: { column: 'name', type: 'text', nullable: false, description: 'Name.' },
  },
  orders: {
    LEGACY_ID: {
      column: 'legacy_id',
      type: 'text',
      nullable: false,
      description: 'Key in the legacy system, by code point.',
    },
    NAME: { column: 'name', type: 'text', nullable: false, description: 'Name, by code point.' },
    SYSTEM: { column: 'system', type: 'enum', nullable: false, description: 'System, in the order of the enum.' },
  },
});

/** The list of a kind. */
export function listOf(kind: Kind): RecordList {
  return kind === Kind.EVENT ? EVENTS : kind === Kind.BUILD ? BUILDS : JOBS;
}
