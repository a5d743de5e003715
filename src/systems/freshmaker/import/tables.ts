import type { BulkTable } from '../../../core/import/bulk.js';

/** Rows of events; the values are made by `eventRow`. When it started is not in the format, so it is left as it is. */
export const EVENTS: BulkTable = {
  name: 'event',
  columns: [
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
    ['freshmaker_message_id', 'text'],
    ['freshmaker_search_key', 'text'],
    ['freshmaker_event_type_id', 'bigint'],
    ['freshmaker_dry_run', 'boolean'],
    ['freshmaker_requested_rebuilds', 'text'],
    ['freshmaker_requester_metadata', 'text'],
  ],
  key: ['id'],
  insertOnly: ['system', 'legacy_id'],
};

/**
 * Rows of builds; the values are made by `buildRow`. The requester is the event's, which may come later in the file:
 * it is brought up to date at the end.
 */
export const BUILDS: BulkTable = {
  name: 'build',
  columns: [
    ['id', 'bigint'],
    ['system', 'bigint'],
    ['legacy_id', 'text'],
    ['event_id', 'bigint'],
    ['name', 'text'],
    ['state', 'bigint'],
    ['legacy_state', 'text'],
    ['state_reason', 'text'],
    ['project_id', 'bigint'],
    ['requester', 'text'],
    ['submitted_at', 'bigint'],
    ['finished_at', 'bigint'],
    ['freshmaker_type', 'bigint'],
    ['freshmaker_original_nvr', 'text'],
    ['freshmaker_rebuilt_nvr', 'text'],
    ['freshmaker_external_build_id', 'bigint'],
    ['freshmaker_depends_on_id', 'bigint'],
    ['freshmaker_build_args', 'text'],
    ['freshmaker_odcs_composes', 'text'],
    ['freshmaker_rebuild_reason', 'text'],
    ['freshmaker_bundle_pullspec_overrides', 'text'],
  ],
  key: ['id'],
  insertOnly: ['system', 'legacy_id', 'requester'],
};

export const EVENT_DEPENDENCIES: BulkTable = {
  name: 'freshmaker_event_dependency',
  columns: [
    ['event_id', 'bigint'],
    ['position', 'bigint'],
    ['depends_on_id', 'bigint'],
  ],
  key: ['event_id', 'position'],
};

export const REPOSITORIES: BulkTable = {
  name: 'freshmaker_repository',
  columns: [
    ['registry', 'text'],
    ['repository', 'text'],
    ['release_categories', 'text'],
    ['published', 'boolean'],
    ['auto_rebuild_tags', 'text'],
  ],
  key: ['repository', 'registry'],
};

export const IMAGES: BulkTable = {
  name: 'freshmaker_image',
  columns: [
    ['nvr', 'text'],
    ['architecture', 'text'],
    ['content_sets', 'text'],
  ],
  key: ['nvr', 'architecture'],
};

export const IMAGE_REPOSITORIES: BulkTable = {
  name: 'freshmaker_image_repository',
  columns: [
    ['image_id', 'bigint'],
    ['position', 'bigint'],
    ['registry', 'text'],
    ['repository', 'text'],
    ['published', 'boolean'],
    ['tags', 'text'],
  ],
  key: ['image_id', 'position'],
};
