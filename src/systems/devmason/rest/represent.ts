import { formatDate } from './dates.js';
import type { JsonObject } from './build-body.js';
import type { Links } from './links.js';

/**
 * The JSON objects of contract devmason, section 4. Pure: each takes the shape that a fragment of operations.graphql
 * selects.
 */

/** Fragment ProjectFields. */
export interface ProjectFields {
  readonly slug: string;
  readonly name: string;
  readonly owner: { readonly username: string } | null;
  readonly viewerCanUpdate: boolean;
}

/** Fragment BuildFields. */
export interface BuildFields {
  readonly buildId: string;
  readonly success: boolean | null;
  readonly started: string;
  readonly finished: string | null;
  readonly tags: readonly string[];
  readonly client: JsonObject;
  readonly viewerCanDelete: boolean;
  readonly devmasonProject: Pick<ProjectFields, 'slug' | 'viewerCanUpdate'>;
}

/** Fragment StepFields. */
export interface StepFields {
  readonly name: string;
  readonly success: boolean;
  readonly started: string;
  readonly finished: string;
  readonly output: string;
  readonly errout: string;
  readonly extra: JsonObject;
}

/** Fragment UserFields. */
export interface UserFields {
  readonly username: string;
  readonly isViewer: boolean;
}

/** Section 4.2. */
export function representProject(project: ProjectFields, links: Links) {
  const { slug, name, owner } = project;
  return {
    name,
    owner: owner?.username ?? '',
    links: [
      links.project('self', project),
      links.buildList(slug),
      links.latestBuild(slug),
      links.tagList('tag-list', slug),
    ],
  };
}

/** Section 4.4 without the steps: a build may have more of them than are read at once. */
export function representBuild(build: BuildFields, links: Links) {
  const { buildId, success, started, finished, tags, client, devmasonProject: project } = build;
  return {
    success,
    started: formatDate(started),
    finished: finished === null ? null : formatDate(finished),
    tags,
    client,
    links: [
      links.build(project.slug, buildId, build.viewerCanDelete),
      links.project('project', project),
      ...tags.map((tag) => links.tag(project.slug, tag)),
    ],
  };
}

/** Section 4.5. */
export function representStep({ name, success, started, finished, output, errout, extra }: StepFields) {
  return { ...extra, success, started: formatDate(started), finished: formatDate(finished), name, output, errout };
}

/** Section 4.8. */
export function representUser({ username, isViewer }: UserFields, links: Links) {
  return { username, links: [links.user('self', username, isViewer), links.userBuilds(username)] };
}

/** Section 4.7. */
export function representTagList(
  project: Pick<ProjectFields, 'slug' | 'viewerCanUpdate'>,
  tags: readonly string[],
  links: Links,
) {
  const { slug } = project;
  return {
    tags,
    links: [links.tagList('self', slug), links.project('project', project), ...tags.map((tag) => links.tag(slug, tag))],
  };
}
