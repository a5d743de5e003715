import type { BodyContent } from '../../../server/dialect-description.js';
import type { ParameterType } from '../../../server/dialect-router.js';
import type { Route } from '../../../server/dialect.js';
import { BODIES, BOTH_FORMS } from './description.js';
import { format, ofBranch, ofBuild, ofRequest, ofRevision } from './parameters.js';
import type { Setting } from './reads.js';
import * as writes from './writes.js';

/** Everything that writes (contract buildapi section 6), below a generation of addresses. */
export function changeRoutes(setting: Setting): Route[] {
  return [...recordChanges(setting), ...newBuilds(setting)];
}

type Change = Pick<Route, 'method' | 'uri' | 'summary' | 'subject'> & {
  /** Fields of the form, for documents. */
  readonly content?: BodyContent;
  readonly parameters: Readonly<Record<string, ParameterType>>;
  readonly write: Parameters<typeof writes.writing>[1];
};

function changeRoute(setting: Setting, { write, content, ...rest }: Change): Route {
  const redirect: Route['answers'] = write.redirects ? { 302: 'In HTML: to the job' } : {};
  return {
    ...rest,
    operations: ['BuildapiBranch', write.operation],
    query: format,
    access: 'user',
    ...(rest.method !== 'DELETE' && { body: { kind: 'form', ...(content && { content }) } }),
    mediaTypes: BOTH_FORMS,
    answers: {
      202: 'Accepted: the id of the job',
      ...redirect,
      400: 'Refused, the message says why',
      401: 'Wrong credentials',
      403: 'No credentials',
      404: 'Not found',
      503: 'The job could not be sent',
    },
    handle: writes.writing(setting, write),
  };
}

function recordChanges(setting: Setting): Route[] {
  const changes: Change[] = [
    {
      method: 'PUT',
      uri: '/{branch}/request/{request_id}',
      parameters: ofRequest,
      summary: 'Change the priority of a request (`priority`)',
      subject: 'Requests',
      content: BODIES.priority,
      write: writes.reprioritize,
    },
    {
      method: 'DELETE',
      uri: '/{branch}/request/{request_id}',
      parameters: ofRequest,
      summary: 'Cancel a request',
      subject: 'Requests',
      write: writes.cancelRequest,
    },
    {
      method: 'DELETE',
      uri: '/{branch}/build/{build_id}',
      parameters: ofBuild,
      summary: 'Cancel a build',
      subject: 'Builds',
      write: writes.cancelBuild,
    },
    {
      method: 'DELETE',
      uri: '/{branch}/rev/{revision}',
      parameters: ofRevision,
      summary: 'Cancel all of a revision',
      subject: 'Revisions',
      write: writes.cancelRevision,
    },
    {
      method: 'POST',
      uri: '/{branch}/build',
      parameters: ofBranch,
      summary: 'Build again (`build_id`, `count`, `priority`)',
      subject: 'Builds',
      content: BODIES.rebuild,
      write: writes.rebuildBuild,
    },
    {
      method: 'POST',
      uri: '/{branch}/request',
      parameters: ofBranch,
      summary: 'Build a request again (`request_id`, `count`, `priority`)',
      subject: 'Requests',
      content: BODIES.rebuildRequest,
      write: writes.rebuildRequest,
    },
  ];
  return changes.map((change) => changeRoute(setting, change));
}

function newBuilds(setting: Setting): Route[] {
  const changes: Change[] = [
    {
      method: 'POST',
      uri: '/{branch}/rev/{revision}',
      parameters: ofRevision,
      summary: 'New builds of a revision',
      subject: 'Revisions',
      write: writes.newBuild,
    },
    {
      method: 'POST',
      uri: '/{branch}/rev/{revision}/pgo',
      parameters: ofRevision,
      summary: 'New PGO builds of a revision (`priority`)',
      subject: 'Revisions',
      content: BODIES.optionalPriority,
      write: writes.newPgoBuild,
    },
    {
      method: 'POST',
      uri: '/{branch}/rev/{revision}/nightly',
      parameters: ofRevision,
      summary: 'New nightlies of a revision (`priority`)',
      subject: 'Revisions',
      content: BODIES.optionalPriority,
      write: writes.newNightly,
    },
    {
      method: 'POST',
      uri: '/{branch}/builders/{builder_name}/{revision}',
      parameters: { ...ofRevision, builder_name: 'segment' },
      summary: 'A new build on any builder (`properties`, `files`, `priority`)',
      subject: 'Revisions',
      content: BODIES.builder,
      write: writes.newBuildForBuilder,
    },
  ];
  return changes.map((change) => changeRoute(setting, change));
}
