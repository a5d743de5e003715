import { defineEntity, p } from '@mikro-orm/core';
import { BuildRecord, EventRecord } from '../../core/model/tables.js';
import { System } from '../../core/model/states.js';

/** A Freshmaker event: the common columns and what only Freshmaker knows (contract freshmaker, section 3.1). */
export const FreshmakerEventRecord = defineEntity({
  name: 'FreshmakerEventRecord',
  extends: EventRecord,
  discriminatorValue: System.FRESHMAKER,
  properties: {
    messageId: p.text().fieldName('freshmaker_message_id'),
    searchKey: p.text().fieldName('freshmaker_search_key'),
    eventTypeId: p.bigint('number').fieldName('freshmaker_event_type_id'),
    /** Null only on very old imported rows. */
    dryRun: p.boolean().nullable().fieldName('freshmaker_dry_run'),
    /** JSON array of texts. */
    requestedRebuilds: p.text().fieldName('freshmaker_requested_rebuilds'),
    /** JSON text of any value. */
    requesterMetadata: p.text().fieldName('freshmaker_requester_metadata'),
  },
});

/** A Freshmaker artifact build (contract freshmaker, section 3.3). */
export const FreshmakerBuildRecord = defineEntity({
  name: 'FreshmakerBuildRecord',
  extends: BuildRecord,
  discriminatorValue: System.FRESHMAKER,
  properties: {
    artifactType: p.smallint().fieldName('freshmaker_type'),
    originalNvr: p.text().nullable().fieldName('freshmaker_original_nvr'),
    rebuiltNvr: p.text().nullable().fieldName('freshmaker_rebuilt_nvr'),
    externalBuildId: p.bigint('number').nullable().fieldName('freshmaker_external_build_id'),
    dependsOnId: p.bigint('number').nullable().fieldName('freshmaker_depends_on_id'),
    /** JSON text of any value. */
    buildArgs: p.text().fieldName('freshmaker_build_args'),
    /** JSON array of numbers. */
    odcsComposes: p.text().fieldName('freshmaker_odcs_composes'),
    rebuildReason: p.text().fieldName('freshmaker_rebuild_reason'),
    /** JSON text, null when the build has none. */
    bundlePullspecOverrides: p.text().nullable().fieldName('freshmaker_bundle_pullspec_overrides'),
  },
});
