import type { BulkTable } from '../../../core/import/bulk.js';
import { bigints, booleans, texts } from '../../../core/import/columns.js';

/**
 * Rows of events; the values are made by `eventRow`. When it started is not in the old format: an event that is there
 * keeps what was recorded here.
 */
export const EVENTS: BulkTable = {
  name: 'event',
  columns: [
    ...bigints('id', 'system'),
    ...texts('legacy_id', 'name'),
    ...bigints('state'),
    ...texts('legacy_state', 'state_reason', 'requester'),
    ...bigints('created_at', 'started_at', 'finished_at'),
    ...texts('freshmaker_message_id', 'freshmaker_search_key'),
    ...bigints('freshmaker_event_type_id'),
    ...booleans('freshmaker_dry_run'),
    ...texts('freshmaker_requested_rebuilds', 'freshmaker_requester_metadata'),
  ],
  key: ['id'],
  insertOnly: ['system', 'legacy_id', 'started_at'],
};

/**
 * Rows of builds; the values are made by `buildRow`, the time of the start as that of events. The requester is the event's, which may come later in the file:
 * it is brought up to date at the end.
 */
export const BUILDS: BulkTable = {
  name: 'build',
  columns: [
    ...bigints('id', 'system'),
    ...texts('legacy_id'),
    ...bigints('event_id'),
    ...texts('name'),
    ...bigints('state'),
    ...texts('legacy_state', 'state_reason'),
    ...bigints('project_id'),
    ...texts('requester'),
    ...bigints('submitted_at', 'started_at', 'finished_at', 'freshmaker_type'),
    ...texts('freshmaker_original_nvr', 'freshmaker_rebuilt_nvr'),
    ...bigints('freshmaker_external_build_id', 'freshmaker_depends_on_id'),
    ...texts(
      'freshmaker_build_args',
      'freshmaker_odcs_composes',
      'freshmaker_rebuild_reason',
      'freshmaker_bundle_pullspec_overrides',
    ),
  ],
  key: ['id'],
  insertOnly: ['system', 'legacy_id', 'requester', 'started_at'],
};

export const EVENT_DEPENDENCIES: BulkTable = {
  name: 'freshmaker_event_dependency',
  columns: bigints('event_id', 'position', 'depends_on_id'),
  key: ['event_id', 'position'],
};

export const REPOSITORIES: BulkTable = {
  name: 'freshmaker_repository',
  columns: [
    ...texts('registry', 'repository', 'release_categories'),
    ...booleans('published'),
    ...texts('auto_rebuild_tags'),
  ],
  key: ['repository', 'registry'],
};

export const IMAGES: BulkTable = {
  name: 'freshmaker_image',
  columns: texts('nvr', 'architecture', 'content_sets'),
  key: ['nvr', 'architecture'],
};

export const IMAGE_REPOSITORIES: BulkTable = {
  name: 'freshmaker_image_repository',
  columns: [
    ...bigints('image_id', 'position'),
    ...texts('registry', 'repository'),
    ...booleans('published'),
    ...texts('tags'),
  ],
  key: ['image_id', 'position'],
};
