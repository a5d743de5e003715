import { extendList, enumFilter } from '../../core/graphql/filter-inputs.js';
import { registerEnumType } from 'type-graphql';
import type { ColumnField, OrderField } from '../../core/list/fields.js';
import { BUILDS, EVENTS } from '../../core/list/records.js';
import { FreshmakerArtifactType } from './codes.js';

/** What Freshmaker adds to the lists of events and builds: columns, filters and orders. */

registerEnumType(FreshmakerArtifactType, {
  name: 'FreshmakerArtifactType',
  description: 'What an artifact build makes.',
  valuesConfig: {
    RPM: { description: 'A package.' },
    IMAGE: { description: 'A container image.' },
    MODULE: { description: 'A module of packages.' },
    IMAGE_REPOSITORY: { description: 'A repository of images.' },
  },
});
enumFilter(FreshmakerArtifactType, 'FreshmakerArtifactType');

function text(column: string, nullable: boolean, description: string): ColumnField {
  return { column, type: 'text', nullable, description };
}

function order(column: string, type: OrderField['type'], description: string): OrderField {
  return { column, type, nullable: true, description };
}

extendList(EVENTS, 'Freshmaker', 'Event', {
  columns: {
    messageId: 'freshmaker_message_id',
    searchKey: 'freshmaker_search_key',
    eventTypeId: 'freshmaker_event_type_id',
    dryRun: 'freshmaker_dry_run',
    requestedRebuilds: 'freshmaker_requested_rebuilds',
    requesterMetadata: 'freshmaker_requester_metadata',
  },
  fields: {
    messageId: text('freshmaker_message_id', false, 'Id of the message that caused the event.'),
    searchKey: text('freshmaker_search_key', false, 'What the event is about.'),
    eventTypeId: {
      column: 'freshmaker_event_type_id',
      type: 'integer',
      nullable: false,
      description: 'Type, by number.',
    },
    dryRun: {
      column: 'freshmaker_dry_run',
      type: 'boolean',
      nullable: true,
      description: 'Whether nothing is really built.',
    },
  },
  orders: {
    MESSAGE_ID: order('freshmaker_message_id', 'text', 'Id of the message that caused the event, by code point.'),
  },
});

extendList(BUILDS, 'Freshmaker', 'Build', {
  columns: {
    artifactType: 'freshmaker_type',
    originalNvr: 'freshmaker_original_nvr',
    rebuiltNvr: 'freshmaker_rebuilt_nvr',
    externalBuildId: 'freshmaker_external_build_id',
    dependsOnId: 'freshmaker_depends_on_id',
    buildArgs: 'freshmaker_build_args',
    odcsComposes: 'freshmaker_odcs_composes',
    rebuildReason: 'freshmaker_rebuild_reason',
    bundlePullspecOverrides: 'freshmaker_bundle_pullspec_overrides',
  },
  fields: {
    type: {
      column: 'freshmaker_type',
      type: 'enum',
      values: FreshmakerArtifactType,
      nullable: false,
      description: 'What is made.',
    },
    originalNvr: text('freshmaker_original_nvr', true, 'Name, version and release before.'),
    rebuiltNvr: text('freshmaker_rebuilt_nvr', true, 'Name, version and release after.'),
    externalBuildId: {
      column: 'freshmaker_external_build_id',
      type: 'integer',
      nullable: true,
      description: 'Id of the task in the external build system; negative in dry runs.',
    },
    dependsOn: {
      column: 'freshmaker_depends_on_id',
      references: () => BUILDS,
      description: 'The build that must succeed first.',
    },
  },
  orders: {
    DEPENDS_ON: order('freshmaker_depends_on_id', 'integer', 'Number of the build that must succeed first.'),
    EXTERNAL_BUILD_ID: order('freshmaker_external_build_id', 'integer', 'Id of the task in the external build system.'),
    ORIGINAL_NVR: order('freshmaker_original_nvr', 'text', 'Name, version and release before, by code point.'),
    REBUILT_NVR: order('freshmaker_rebuilt_nvr', 'text', 'Name, version and release after, by code point.'),
  },
});
