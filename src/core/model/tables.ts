import { defineEntity, p, type InferEntity } from '@mikro-orm/core';

/**
 * The tables that every system shares. A system adds the columns that only it knows by extending a record here
 * (single-table inheritance, told apart by `system`) in its own `model.ts`.
 * Times are microseconds since 1970 UTC; JSON is kept as the text it arrived in; states are codes of `states.ts`.
 */

const time = () => p.bigint('number');

/** Somebody who may sign in, or whose name an import or a request brought along. */
export const UserAccount = defineEntity({
  name: 'UserAccount',
  tableName: 'user_account',
  properties: {
    id: p.integer().primary(),
    name: p.text().unique(),
    admin: p.boolean().default(false),
    createdAt: time(),
  },
});

/** A bearer token; only the SHA-256 of the token itself is stored. */
export const ApiToken = defineEntity({
  name: 'ApiToken',
  tableName: 'api_token',
  properties: {
    id: p.integer().primary(),
    userId: p.integer(),
    hash: p.text().unique(),
    createdAt: time(),
    expiresAt: time().nullable(),
    revokedAt: time().nullable(),
    prefix: p.text().nullable(),
    name: p.text().nullable(),
    scopes: p.text().nullable(),
    lastUsedAt: time().nullable(),
  },
});

/** What events and builds belong to, in the words of their system: a branch, a component, a repository. */
export const Project = defineEntity({
  name: 'Project',
  tableName: 'project',
  properties: {
    id: p.bigint('number').primary(),
    system: p.smallint(),
    legacyId: p.text(),
    name: p.text(),
  },
});

/** The columns that events, builds and jobs have in common. */
const record = {
  id: p.bigint('number').primary().autoincrement(false),
  system: p.smallint(),
  legacyId: p.text(),
  name: p.text(),
  state: p.smallint(),
  /** The system's own state, exactly as it says it: a code or a word. */
  legacyState: p.text(),
  stateReason: p.text().nullable(),
  projectId: p.bigint('number').nullable(),
  requester: p.text().nullable(),
  startedAt: time().nullable(),
  finishedAt: time().nullable(),
};

/** Why work was done: an advisory, a push, a request. */
export const EventRecord = defineEntity({
  name: 'EventRecord',
  tableName: 'event',
  abstract: true,
  discriminatorColumn: 'system',
  properties: { ...record, createdAt: time().nullable() },
});

/** One thing that is built. */
export const BuildRecord = defineEntity({
  name: 'BuildRecord',
  tableName: 'build',
  abstract: true,
  discriminatorColumn: 'system',
  properties: { ...record, eventId: p.bigint('number').nullable(), submittedAt: time() },
});

/** One piece of work inside a build or event: a step, a boot, a run job, a job request. */
export const JobRecord = defineEntity({
  name: 'JobRecord',
  tableName: 'job',
  abstract: true,
  discriminatorColumn: 'system',
  properties: {
    ...record,
    eventId: p.bigint('number').nullable(),
    buildId: p.bigint('number').nullable(),
    createdAt: time(),
  },
});

/** A record of any kind, as a verb holds it. */
export type AnyRecord = Pick<
  InferEntity<typeof EventRecord>,
  'id' | 'system' | 'legacyId' | 'name' | 'state' | 'legacyState' | 'stateReason' | 'startedAt' | 'finishedAt'
>;

/** Entities of the core; the composition root adds those of the systems. */
export const CORE_ENTITIES = [UserAccount, ApiToken, Project, EventRecord, BuildRecord, JobRecord];
