import type { BulkTable } from '../../../core/import/bulk.js';
import { bigints, booleans, texts } from '../../../core/import/columns.js';
import type { StageDefinition } from '../../../core/import/stage.js';

/** What an import of Devmason collects. The values of the rows are made in `rows.ts`. */

/** A user without a place in the file is named in it as an owner or reporter. */
export const USERS: StageDefinition = {
  name: 'import_user',
  rows: { one: 'user', many: 'users' },
  table: 'member',
  key: ['system', 'name'],
  given: [...bigints('system'), ...texts('name', 'password_hash'), ...bigints('created_at')],
  insertOnly: ['created_at'],
};

export const PROJECTS: StageDefinition = {
  name: 'import_project',
  rows: { one: 'project', many: 'projects' },
  table: 'project',
  key: ['id'],
  identity: ['legacy_id'],
  given: [...bigints('system'), ...texts('legacy_id', 'name')],
  derived: bigints('id', 'devmason_owner_id'),
  extra: texts('owner'),
  insertOnly: ['system', 'legacy_id'],
};

/** A build that the database does not have gets its id when all are known: ids follow the order of reports. */
export const BUILDS: StageDefinition = {
  name: 'import_build',
  rows: { one: 'build', many: 'builds' },
  table: 'build',
  key: ['id'],
  identity: ['legacy_id'],
  given: [
    ...bigints('id', 'system'),
    ...texts('legacy_id'),
    ...bigints('state'),
    ...texts('legacy_state', 'state_reason', 'requester'),
    ...bigints('submitted_at', 'started_at', 'finished_at'),
    ...texts('devmason_client', 'devmason_client_user'),
    ...booleans('devmason_incremental', 'devmason_reporter_gone'),
    ...bigints(
      'devmason_started_offset',
      'devmason_finished_offset',
      'devmason_finished_order',
      'devmason_step_count',
      'devmason_size',
    ),
  ],
  derived: [...texts('name'), ...bigints('project_id', 'devmason_reporter_id')],
  extra: [
    ['slug', 'text'],
    // Whose the build is when they are a user; and when they are a user of the file.
    ['reporter', 'text'],
    ['credited', 'text'],
    // Sorts like the number that the id is; null when it is none.
    ['numeric_order', 'text'],
    // 1: it has moved on here and stays as it is.
    ['kept', 'bigint'],
  ],
  insertOnly: ['system', 'legacy_id', 'submitted_at'],
};

/** The position of a step is that of its build. */
export const STEPS: StageDefinition = {
  name: 'import_step',
  rows: { one: 'step', many: 'steps' },
  table: 'job',
  key: ['id'],
  given: [
    ...bigints('id', 'system'),
    ...texts('legacy_id', 'name'),
    ...bigints('state'),
    ...texts('legacy_state'),
    ...bigints(
      'created_at',
      'started_at',
      'finished_at',
      'devmason_number',
      'devmason_started_offset',
      'devmason_finished_offset',
      'devmason_size',
    ),
  ],
  derived: bigints('build_id', 'project_id'),
  extra: bigints('rewritten'),
  insertOnly: ['system', 'legacy_id', 'created_at'],
};

/** What a step says may be long: it goes to its table at once. */
export const OUTPUTS: BulkTable = {
  name: 'devmason_step_output',
  columns: [...bigints('job_id'), ...texts('output', 'errout', 'extra')],
  key: ['job_id'],
};

/** The position of a tag is that of its build. */
export const TAGS: StageDefinition = {
  name: 'import_tag',
  rows: { one: 'tag', many: 'tags' },
  table: 'devmason_build_tag',
  key: ['build_id', 'tag_id'],
  identity: ['position', 'name'],
  given: [],
  derived: bigints('build_id', 'tag_id'),
  extra: texts('name'),
};

/** A repository that is known keeps its type. */
export const REPOSITORIES: StageDefinition = {
  name: 'import_repository',
  rows: { one: 'repository', many: 'repositories' },
  table: 'devmason_repository',
  key: ['url'],
  given: texts('url', 'type'),
  insertOnly: ['type'],
};

export const REQUESTS: StageDefinition = {
  name: 'import_request',
  rows: { one: 'build request', many: 'build requests' },
  table: 'event',
  key: ['id'],
  given: [
    ...bigints('id', 'system'),
    ...texts('legacy_id', 'name'),
    ...bigints('state'),
    ...texts('legacy_state'),
    ...bigints('created_at'),
  ],
  derived: bigints('project_id', 'devmason_repository_id'),
  extra: texts('slug', 'repository'),
  insertOnly: ['system', 'legacy_id'],
};
