import { defineEntity, p, type InferEntity } from '@mikro-orm/core';
import { System } from '../../core/model/states.js';
import { BuildRecord, EventRecord, JobRecord } from '../../core/model/tables.js';

/** A change (push) that build requests were made for (contract buildapi, sections 12 and 13). */
export const BuildapiChangeRecord = defineEntity({
  name: 'BuildapiChangeRecord',
  extends: EventRecord,
  discriminatorValue: System.BUILDAPI,
  properties: {
    branch: p.text().nullable().fieldName('buildapi_branch'),
    revision: p.text().nullable().fieldName('buildapi_revision'),
    comments: p.text().nullable().fieldName('buildapi_comments'),
    revlink: p.text().nullable().fieldName('buildapi_revlink'),
    category: p.text().nullable().fieldName('buildapi_category'),
    /** JSON array. */
    files: p.text().nullable().fieldName('buildapi_files'),
  },
});

/** A build request (contract buildapi, section 4.1). */
export const BuildapiRequestRecord = defineEntity({
  name: 'BuildapiRequestRecord',
  extends: BuildRecord,
  discriminatorValue: System.BUILDAPI,
  properties: {
    /** Branch of the source stamp, not the short name. */
    sourceBranch: p.text().nullable().fieldName('buildapi_source_branch'),
    revision: p.text().nullable().fieldName('buildapi_request_revision'),
    priority: p.integer().fieldName('buildapi_priority'),
    /** Seconds since 1970; 0 while not claimed. */
    claimedAt: p.bigint('number').fieldName('buildapi_claimed_at'),
    claimedByName: p.text().nullable().fieldName('buildapi_claimed_by_name'),
    claimedByIncarnation: p.text().nullable().fieldName('buildapi_claimed_by_incarnation'),
    /** Result code of section 4.6; null while not complete. */
    results: p.smallint().nullable().fieldName('buildapi_results'),
    buildReason: p.text().nullable().fieldName('buildapi_reason'),
    /** JSON object. */
    properties: p.text().fieldName('buildapi_properties'),
    buildsetId: p.bigint('number').nullable().fieldName('buildapi_buildset_id'),
  },
});

/** A job request (contract buildapi, section 4.4). */
export const BuildapiJobRecord = defineEntity({
  name: 'BuildapiJobRecord',
  extends: JobRecord,
  discriminatorValue: System.BUILDAPI,
  properties: {
    /** JSON object of the parameters, section 6.3. */
    what: p.text().fieldName('buildapi_what'),
    /** JSON of the whole `finished` message. */
    completeData: p.text().nullable().fieldName('buildapi_complete_data'),
    /** JSON of what came of it, once it was carried out here for an agent that has yet to say so. */
    outcome: p.text().nullable().fieldName('buildapi_outcome'),
    /** History from an old server, never run. */
    imported: p.boolean().fieldName('buildapi_imported'),
  },
});

/** One build row: an attempt at a request. */
export const BuildapiAttemptRecord = defineEntity({
  name: 'BuildapiAttemptRecord',
  tableName: 'buildapi_attempt',
  properties: {
    id: p.bigint('number').primary().autoincrement(false),
    requestId: p.bigint('number'),
    buildNumber: p.bigint('number'),
    startedAt: p.bigint('number'),
    finishedAt: p.bigint('number').nullable(),
    slaveName: p.text().nullable(),
  },
});

/** A change inside a transaction. */
export type ChangeEntity = InferEntity<typeof BuildapiChangeRecord>;
/** A build request inside a transaction. */
export type RequestEntity = InferEntity<typeof BuildapiRequestRecord>;
/** A job request inside a transaction. */
export type JobEntity = InferEntity<typeof BuildapiJobRecord>;
/** An attempt inside a transaction. */
export type AttemptEntity = InferEntity<typeof BuildapiAttemptRecord>;
