import { defineList, extendList } from '../../core/graphql/filter-inputs.js';
import type { ColumnField, OrderField } from '../../core/list/fields.js';
import { RecordList } from '../../core/list/fields.js';
import { BUILDS, EVENTS, JOBS } from '../../core/list/records.js';

/** What buildapi adds to the lists of events, builds and jobs, and its list of attempts. */

function text(column: string, description: string, nullable = true): ColumnField {
  return { column, type: 'text', nullable, description };
}

function integer(column: string, description: string, nullable = false): ColumnField & OrderField {
  return { column, type: 'integer', nullable, description };
}

extendList(EVENTS, 'Buildapi', 'Event', {
  columns: {
    branch: 'buildapi_branch',
    revision: 'buildapi_revision',
    comments: 'buildapi_comments',
    revlink: 'buildapi_revlink',
    category: 'buildapi_category',
    files: 'buildapi_files',
  },
  fields: {
    branch: text('buildapi_branch', 'Branch of the push.'),
    revision: text('buildapi_revision', 'Revision that was pushed.'),
  },
  orders: {},
});

extendList(BUILDS, 'Buildapi', 'Build', {
  columns: {
    sourceBranch: 'buildapi_source_branch',
    revision: 'buildapi_request_revision',
    priority: 'buildapi_priority',
    claimedAt: 'buildapi_claimed_at',
    claimedByName: 'buildapi_claimed_by_name',
    claimedByIncarnation: 'buildapi_claimed_by_incarnation',
    results: 'buildapi_results',
    buildReason: 'buildapi_reason',
    properties: 'buildapi_properties',
    buildsetId: 'buildapi_buildset_id',
  },
  fields: {
    sourceBranch: text('buildapi_source_branch', 'Branch of the source stamp, such as `projects/ash`.'),
    revision: text('buildapi_request_revision', 'Revision to build.'),
    priority: integer('buildapi_priority', 'Higher runs first.'),
    claimedAt: integer('buildapi_claimed_at', 'When a master last said that it runs this, in seconds; 0: not claimed.'),
    results: integer('buildapi_results', 'Result code, 0 to 6.', true),
    legacyState: text('legacy_state', 'pending, running or complete.', false),
    push: {
      column: 'id',
      references: () => EVENTS,
      through: { table: 'buildapi_request_change', from: 'request_id', to: 'change_id' },
      description: 'One of the pushes that it is for.',
    },
  },
  orders: { PRIORITY: integer('buildapi_priority', 'Priority.', true) },
});

extendList(JOBS, 'Buildapi', 'Job', {
  columns: { what: 'buildapi_what', completeData: 'buildapi_complete_data', imported: 'buildapi_imported' },
  fields: {
    imported: {
      column: 'buildapi_imported',
      type: 'boolean',
      nullable: false,
      description: 'Whether it is history from an old server, which is never run.',
    },
  },
  orders: {},
});

const startedAt = { column: 'started_at', type: 'time', nullable: false, description: 'When it began.' } as const;
const finishedAt = { column: 'finished_at', type: 'time', nullable: true, description: 'When it ended.' } as const;

/** All attempts at build requests. */
export const ATTEMPTS = new RecordList(null, 'buildapi_attempt', {
  columns: {
    id: 'id',
    requestId: 'request_id',
    buildNumber: 'build_number',
    startedAt: 'started_at',
    finishedAt: 'finished_at',
    slaveName: 'slave_name',
  },
  fields: {
    startedAt,
    finishedAt,
    slaveName: text('slave_name', 'Machine that it ran on.'),
    buildNumber: integer('build_number', 'Counts per master and builder.'),
    request: {
      column: 'request_id',
      references: () => BUILDS,
      // The attempts of a day are few; the requests of a branch are many.
      lookUpBeside: 'startedAt',
      description: 'The build request.',
    },
  },
  orders: {
    BUILD_ID: integer('id', 'Number; the order of recording.'),
    STARTED_AT: startedAt,
    FINISHED_AT: finishedAt,
  },
});

const inputs = defineList(ATTEMPTS, 'BuildapiAttempt');
/** Conditions on attempts. */
export const BuildapiAttemptFilter = inputs.filter;
/** One key of an order of attempts. */
export const BuildapiAttemptOrder = inputs.order;
