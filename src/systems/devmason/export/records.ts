import { objectText } from '../../../core/export/json-object.js';
import { tableArray } from '../../../core/export/run.js';
import { timeText } from '../../../core/export/values.js';
import { recordNumber } from '../../../core/ids.js';
import { System } from '../../../core/model/states.js';
import { raw, sql } from '../../../core/store/sql.js';

interface UserRow {
  readonly name: string;
  readonly hash: string | null;
}

/** Users, with what their passwords are stored as. */
export const users = tableArray<UserRow>({
  key: 'users',
  name: { one: 'user', many: 'users' },
  source: {
    select: raw('name AS name, password_hash AS hash'),
    from: raw('member'),
    where: sql`system = ${System.DEVMASON}`,
    key: ['name'],
    weight: raw('0'),
  },
  elements: (rows) => rows.map(({ name, hash }) => objectText({ username: name, password: hash ?? undefined })),
});

interface ProjectRow {
  readonly slug: string;
  readonly name: string;
  readonly owner: string | null;
}

/** Projects, in the order in which they were registered. */
export const projects = tableArray<ProjectRow>({
  key: 'projects',
  name: { one: 'project', many: 'projects' },
  source: {
    select: raw('project.legacy_id AS slug, project.name AS name, member.name AS owner'),
    from: raw('project LEFT JOIN member ON member.id = project.devmason_owner_id'),
    where: sql`project.system = ${System.DEVMASON}`,
    key: ['project.id'],
    weight: raw('0'),
  },
  elements: (rows) => rows.map(({ slug, name, owner }) => objectText({ slug, name, owner: owner ?? '' })),
});

interface RequestRow {
  readonly id: number;
  readonly slug: string;
  readonly identifier: string;
  readonly requestedAt: number;
  readonly url: string | null;
  readonly type: string | null;
}

/** Build requests. */
export const buildRequests = tableArray<RequestRow>({
  key: 'build_requests',
  name: { one: 'build request', many: 'build requests' },
  source: {
    select: raw(`event.id AS id, project.legacy_id AS slug, event.name AS identifier,
      event.created_at AS "requestedAt", repository.url AS url, repository.type AS type`),
    from: raw(`event JOIN project ON project.id = event.project_id
      LEFT JOIN devmason_repository repository ON repository.id = event.devmason_repository_id`),
    where: sql`event.system = ${System.DEVMASON}`,
    key: ['event.id'],
    weight: raw('0'),
  },
  elements: (rows) =>
    rows.map(({ id, slug, identifier, requestedAt, url, type }) =>
      objectText({
        id: recordNumber(id),
        project: slug,
        identifier,
        requested: timeText(requestedAt),
        repository: url === null ? null : { url, type },
      }),
    ),
});
