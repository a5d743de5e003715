import { bigints, booleans, texts } from '../../../core/import/columns.js';
import type { StageDefinition } from '../../../core/import/stage.js';

/** What an import of buildapi collects. The values of the rows are made in `rows.ts`. */

export const BRANCHES: StageDefinition = {
  name: 'import_branch',
  rows: { one: 'branch', many: 'branches' },
  table: 'buildapi_branch',
  key: ['name'],
  given: texts('name', 'attributes'),
};

export const BUILDERS: StageDefinition = {
  name: 'import_builder',
  rows: { one: 'builder', many: 'builders' },
  table: 'buildapi_builder',
  key: ['branch', 'name'],
  given: texts('branch', 'name'),
};

/** The state of a change follows from its requests, which are written later. */
export const CHANGES: StageDefinition = {
  name: 'import_change',
  rows: { one: 'change', many: 'changes' },
  table: 'event',
  key: ['id'],
  given: [
    ...bigints('id', 'system'),
    ...texts('legacy_id', 'name'),
    ...bigints('state'),
    ...texts('legacy_state', 'requester'),
    ...bigints('created_at'),
    ...texts(
      'buildapi_branch',
      'buildapi_revision',
      'buildapi_comments',
      'buildapi_revlink',
      'buildapi_category',
      'buildapi_files',
    ),
  ],
  derived: bigints('project_id'),
  insertOnly: ['system', 'legacy_id', 'state', 'legacy_state'],
};

/** `requester` is at first whom the reason names; results and master may yet be filled from builds. */
export const REQUESTS: StageDefinition = {
  name: 'import_request',
  rows: { one: 'request', many: 'requests' },
  table: 'build',
  key: ['id'],
  given: [
    ...bigints('id', 'system'),
    ...texts('legacy_id', 'name', 'legacy_state', 'requester'),
    ...bigints('submitted_at', 'finished_at'),
    ...texts('buildapi_source_branch', 'buildapi_request_revision'),
    ...bigints('buildapi_priority', 'buildapi_claimed_at'),
    ...texts('buildapi_claimed_by_name', 'buildapi_claimed_by_incarnation'),
    ...bigints('buildapi_results'),
    ...texts('buildapi_reason', 'buildapi_properties'),
    ...bigints('buildapi_buildset_id'),
  ],
  derived: [...bigints('state'), ...texts('state_reason'), ...bigints('project_id', 'started_at')],
  work: bigints('relinked'),
  insertOnly: ['system', 'legacy_id'],
};

export const LINKS: StageDefinition = {
  name: 'import_link',
  rows: { one: 'link', many: 'links' },
  table: 'buildapi_request_change',
  key: ['request_id', 'change_id'],
  given: bigints('request_id', 'change_id'),
};

export const ATTEMPTS: StageDefinition = {
  name: 'import_build',
  rows: { one: 'build', many: 'builds' },
  table: 'buildapi_attempt',
  key: ['id'],
  given: [...bigints('id', 'request_id', 'build_number', 'started_at', 'finished_at'), ...texts('slave_name')],
  extra: [...bigints('results'), ...texts('claimed_by_name')],
};

/** When an agent began is not in the old format: a job that is there keeps what was recorded here. */
export const JOBS: StageDefinition = {
  name: 'import_job',
  rows: { one: 'job', many: 'jobs' },
  table: 'job',
  key: ['id'],
  given: [
    ...bigints('id', 'system'),
    ...texts('legacy_id', 'name'),
    ...bigints('state'),
    ...texts('legacy_state', 'state_reason', 'requester'),
    ...bigints('created_at', 'started_at', 'finished_at'),
    ...texts('buildapi_what', 'buildapi_complete_data'),
    ...booleans('buildapi_imported'),
  ],
  insertOnly: ['system', 'legacy_id', 'started_at'],
};
