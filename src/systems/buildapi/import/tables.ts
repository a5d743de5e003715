import type { StageDefinition } from '../../../core/import/stage.js';

/** What an import of buildapi collects. The values of the rows are made in `rows.ts`. */

export const BRANCHES: StageDefinition = {
  name: 'import_branch',
  rows: { one: 'branch', many: 'branches' },
  table: 'buildapi_branch',
  key: ['name'],
  given: [
    ['name', 'text'],
    ['attributes', 'text'],
  ],
};

export const BUILDERS: StageDefinition = {
  name: 'import_builder',
  rows: { one: 'builder', many: 'builders' },
  table: 'buildapi_builder',
  key: ['branch', 'name'],
  given: [
    ['branch', 'text'],
    ['name', 'text'],
  ],
};

/** The state of a change follows from its requests, which are written later. */
export const CHANGES: StageDefinition = {
  name: 'import_change',
  rows: { one: 'change', many: 'changes' },
  table: 'event',
  key: ['id'],
  given: [
    ['id', 'bigint'],
    ['system', 'bigint'],
    ['legacy_id', 'text'],
    ['name', 'text'],
    ['state', 'bigint'],
    ['legacy_state', 'text'],
    ['requester', 'text'],
    ['created_at', 'bigint'],
    ['buildapi_branch', 'text'],
    ['buildapi_revision', 'text'],
    ['buildapi_comments', 'text'],
    ['buildapi_revlink', 'text'],
    ['buildapi_category', 'text'],
    ['buildapi_files', 'text'],
  ],
  derived: [['project_id', 'bigint']],
  insertOnly: ['system', 'legacy_id', 'state', 'legacy_state'],
};

/** `requester` is at first whom the reason names; results and master may yet be filled from builds. */
export const REQUESTS: StageDefinition = {
  name: 'import_request',
  rows: { one: 'request', many: 'requests' },
  table: 'build',
  key: ['id'],
  given: [
    ['id', 'bigint'],
    ['system', 'bigint'],
    ['legacy_id', 'text'],
    ['name', 'text'],
    ['legacy_state', 'text'],
    ['requester', 'text'],
    ['submitted_at', 'bigint'],
    ['finished_at', 'bigint'],
    ['buildapi_source_branch', 'text'],
    ['buildapi_request_revision', 'text'],
    ['buildapi_priority', 'bigint'],
    ['buildapi_claimed_at', 'bigint'],
    ['buildapi_claimed_by_name', 'text'],
    ['buildapi_claimed_by_incarnation', 'text'],
    ['buildapi_results', 'bigint'],
    ['buildapi_reason', 'text'],
    ['buildapi_properties', 'text'],
    ['buildapi_buildset_id', 'bigint'],
  ],
  derived: [
    ['state', 'bigint'],
    ['state_reason', 'text'],
    ['project_id', 'bigint'],
    ['started_at', 'bigint'],
  ],
  work: [['relinked', 'bigint']],
  insertOnly: ['system', 'legacy_id'],
};

export const LINKS: StageDefinition = {
  name: 'import_link',
  rows: { one: 'link', many: 'links' },
  table: 'buildapi_request_change',
  key: ['request_id', 'change_id'],
  given: [
    ['request_id', 'bigint'],
    ['change_id', 'bigint'],
  ],
};

export const ATTEMPTS: StageDefinition = {
  name: 'import_build',
  rows: { one: 'build', many: 'builds' },
  table: 'buildapi_attempt',
  key: ['id'],
  given: [
    ['id', 'bigint'],
    ['request_id', 'bigint'],
    ['build_number', 'bigint'],
    ['started_at', 'bigint'],
    ['finished_at', 'bigint'],
    ['slave_name', 'text'],
  ],
  extra: [
    ['results', 'bigint'],
    ['claimed_by_name', 'text'],
  ],
};

export const JOBS: StageDefinition = {
  name: 'import_job',
  rows: { one: 'job', many: 'jobs' },
  table: 'job',
  key: ['id'],
  given: [
    ['id', 'bigint'],
    ['system', 'bigint'],
    ['legacy_id', 'text'],
    ['name', 'text'],
    ['state', 'bigint'],
    ['legacy_state', 'text'],
    ['state_reason', 'text'],
    ['requester', 'text'],
    ['created_at', 'bigint'],
    ['finished_at', 'bigint'],
    ['buildapi_what', 'text'],
    ['buildapi_complete_data', 'text'],
    ['buildapi_imported', 'boolean'],
  ],
  insertOnly: ['system', 'legacy_id'],
};
