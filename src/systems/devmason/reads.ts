import { memberIdOf } from '../../core/auth/members.js';
import type { LoaderDefinition, OperationContext } from '../../core/graphql/context.js';
import type { ChildList } from '../../core/graphql/loaders.js';
import { recordsById, recordsByLegacyId } from '../../core/list/children.js';
import type { RecordRow } from '../../core/list/page.js';
import { BUILDS, PROJECTS } from '../../core/list/records.js';
import { System } from '../../core/model/states.js';
import { inList, raw, sql } from '../../core/store/sql.js';
import { MEMBERS } from './lists.js';
import type { RepositoryType } from './types.js';

/** A build request as rows carry it. */
export interface RequestRow extends RecordRow {
  readonly repositoryId: number | null;
}

/** A build as rows carry it. Offsets are minutes east of UTC. */
export interface BuildRow extends RecordRow {
  readonly projectId: number;
  readonly startedAt: number;
  /** JSON object. */
  readonly client: string;
  readonly reporterId: number | null;
  readonly reporterGone: boolean | number | null;
  readonly incremental: number | boolean;
  readonly startedOffset: number;
  readonly finishedOffset: number | null;
  readonly stepCount: number;
  readonly size: number;
}

/** A step as rows carry it. */
export interface StepRow extends RecordRow {
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly number: number;
  readonly startedOffset: number;
  readonly finishedOffset: number;
  /** Bytes of its output. */
  readonly size: number;
}

/** A project as rows carry it. */
export interface DevmasonProjectRow {
  readonly id: number;
  readonly system: number;
  /** The slug. */
  readonly legacyId: string;
  readonly name: string;
  readonly ownerId: number | null;
}

/** A user as rows carry it. */
export interface UserRow {
  readonly id: number;
  readonly name: string;
  readonly createdAt: number;
}

/** A tag as rows carry it. */
export interface TagRow {
  readonly id: number;
  readonly name: string;
}

/** A repository as rows carry it. */
export interface RepositoryRow {
  readonly id: number;
  readonly url: string;
  readonly type: RepositoryType;
}

/** Builds of a project: those in progress, then those finished last. */
export const BUILDS_OF_PROJECT: ChildList = {
  list: BUILDS,
  parentColumn: 'project_id',
  defaultOrder: [{ field: 'DEVMASON_FINISHED', direction: 'DESC' }],
};

/** Of `BUILDS_OF_PROJECT`: the one reported last. */
export const REPORTED_LAST = { first: 1, orderBy: [{ field: 'LEGACY_ID', direction: 'DESC' }] } as const;

/** A project by internal id. */
export const PROJECT_BY_ID: LoaderDefinition<number, DevmasonProjectRow | undefined> = {
  name: 'devmason:projectById',
  read: ({ reader }, ids) => recordsById(reader, PROJECTS, ids),
};

/** A project by slug. */
export const PROJECT_BY_SLUG: LoaderDefinition<string, DevmasonProjectRow | undefined> = {
  name: 'devmason:projectBySlug',
  read: ({ reader }, slugs) => {
    const keys = slugs.map((legacyId) => ({ system: System.DEVMASON, legacyId }));
    return recordsByLegacyId<DevmasonProjectRow>(reader, PROJECTS, keys);
  },
};

/** A user by internal id. */
export const USER_BY_ID: LoaderDefinition<number, UserRow | undefined> = {
  name: 'devmason:userById',
  read: ({ reader }, ids) => recordsById<UserRow>(reader, MEMBERS, ids),
};

/** A user by name. */
export const USER_BY_NAME: LoaderDefinition<string, UserRow | undefined> = {
  name: 'devmason:userByName',
  read: async ({ reader }, names) => {
    // No column holds NUL, and PostgreSQL refuses to be asked for it.
    const known = names.filter((name) => !name.includes('\0'));
    const rows = await reader.all<UserRow>(
      sql`SELECT id, name, created_at AS "createdAt" FROM member WHERE system = ${System.DEVMASON}
        AND ${inList(reader.dialect, raw('name'), known, 'text')}`,
    );
    const byName = new Map(rows.map((row) => [row.name, row]));
    return names.map((name) => byName.get(name));
  },
};

const VIEWER: LoaderDefinition<'viewer', number | null> = {
  name: 'devmason:viewer',
  read: async ({ reader, principal }) => [await memberIdOf(reader, principal, System.DEVMASON)],
};

/** Internal id of the user who is asking; null for everybody else. */
export function viewerOf(context: OperationContext): Promise<number | null> {
  return context.load(VIEWER, 'viewer');
}

/** A repository by internal id. */
export const REPOSITORY_BY_ID: LoaderDefinition<number, RepositoryRow | undefined> = {
  name: 'devmason:repositoryById',
  read: async ({ reader }, ids) => {
    const rows = await reader.all<RepositoryRow>(
      sql`SELECT id, url, type FROM devmason_repository WHERE ${inList(reader.dialect, raw('id'), ids, 'bigint')}`,
    );
    const byId = new Map(rows.map((row) => [row.id, row]));
    return ids.map((id) => byId.get(id));
  },
};

/** Names of the tags of a build, by code point. */
export const TAGS_OF_BUILD: LoaderDefinition<number, readonly string[]> = {
  name: 'devmason:tagsOfBuild',
  read: async ({ reader }, ids) => {
    const rows = await reader.all<{ build: number; name: string }>(
      sql`SELECT link.build_id AS build, tag.name AS name FROM devmason_build_tag link
        JOIN devmason_tag tag ON tag.id = link.tag_id
        WHERE ${inList(reader.dialect, raw('link.build_id'), ids, 'bigint')} ORDER BY tag.name`,
    );
    const byBuild = Map.groupBy(rows, ({ build }) => build);
    return ids.map((id) => (byBuild.get(id) ?? []).map(({ name }) => name));
  },
};

/** Tags of a project, by code point. */
export const TAGS_OF_PROJECT: LoaderDefinition<number, readonly TagRow[]> = {
  name: 'devmason:tagsOfProject',
  read: async ({ reader }, ids) => {
    const rows = await reader.all<TagRow & { project: number }>(
      sql`SELECT id, name, project_id AS project FROM devmason_tag
        WHERE ${inList(reader.dialect, raw('project_id'), ids, 'bigint')} ORDER BY name`,
    );
    const byProject = Map.groupBy(rows, ({ project }) => project);
    return ids.map((id) => byProject.get(id) ?? []);
  },
};

/** Number of builds that have a tag. */
export const BUILDS_WITH_TAG: LoaderDefinition<number, number> = {
  name: 'devmason:buildsWithTag',
  read: async ({ reader }, ids) => {
    const rows = await reader.all<{ id: number; total: number }>(
      sql`SELECT tag_id AS id, COUNT(*) AS total FROM devmason_build_tag
        WHERE ${inList(reader.dialect, raw('tag_id'), ids, 'bigint')} GROUP BY tag_id`,
    );
    const totals = new Map(rows.map(({ id, total }) => [id, total]));
    return ids.map((id) => totals.get(id) ?? 0);
  },
};
