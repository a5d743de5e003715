import type { DialectRequest, DialectResponse, RunOperation } from '../../../server/dialect.js';
import type { Form } from '../../../server/form.js';
import { arrayOf, idText, objectOf, optionalCount, optionalPriority, requiredPriority } from './fields.js';
import { generationOf, wantsJson } from './format.js';
import { type Handler, onKnownBranch, type Setting } from './reads.js';

type Variables = Readonly<Record<string, unknown>>;

/** A write: the operation that logs it and what it is given. */
interface Write {
  readonly operation: string;
  /**
   * Fields and ids for the operation, looked at in the order of contract buildapi section 6.2.
   * @throws BuildgateError INVALID with the contract's text
   */
  readonly variables: (parameters: DialectRequest['parameters'], form: Form) => Variables;
  /** Whether an accepted request in HTML is sent on to the page of the job. */
  readonly redirects: boolean;
}

/** PUT of a request. The priority is looked at before the id. */
export const reprioritize: Write = {
  operation: 'BuildapiReprioritize',
  variables: (parameters, form) => {
    const priority = requiredPriority(form.get('priority'));
    return { requestId: idText(parameters['request_id'], 'Non-integer request id'), priority };
  },
  redirects: true,
};

export const cancelRequest: Write = {
  operation: 'BuildapiCancelRequest',
  variables: (parameters) => ({ requestId: idText(parameters['request_id'], 'Non-integer request_id') }),
  redirects: true,
};

export const cancelBuild: Write = {
  operation: 'BuildapiCancelBuild',
  variables: (parameters) => ({ buildId: idText(parameters['build_id'], 'Non-integer build_id') }),
  redirects: true,
};

export const cancelRevision: Write = {
  operation: 'BuildapiCancelRevision',
  variables: ({ revision }) => ({ revision }),
  redirects: true,
};

export const rebuildBuild: Write = {
  operation: 'BuildapiRebuildBuild',
  variables: (_parameters, form) => ({
    buildId: idText(form.get('build_id'), 'Bad build_id'),
    priority: optionalPriority(form.get('priority')),
    count: optionalCount(form.get('count')),
  }),
  redirects: true,
};

export const rebuildRequest: Write = {
  operation: 'BuildapiRebuildRequest',
  variables: (_parameters, form) => ({
    requestId: idText(form.get('request_id'), 'Bad request_id'),
    priority: optionalPriority(form.get('priority')),
    count: optionalCount(form.get('count')),
  }),
  redirects: true,
};

export const newBuild: Write = {
  operation: 'BuildapiNewBuildAtRevision',
  variables: ({ revision }) => ({ revision }),
  redirects: false,
};

const revisionAndPriority: Write['variables'] = ({ revision }, form) => ({
  revision,
  priority: optionalPriority(form.get('priority')),
});

export const newPgoBuild: Write = {
  operation: 'BuildapiNewPgoBuildAtRevision',
  variables: revisionAndPriority,
  redirects: false,
};

export const newNightly: Write = {
  operation: 'BuildapiNewNightlyAtRevision',
  variables: revisionAndPriority,
  redirects: false,
};

/** What is no JSON, or JSON of another type, counts as nothing. */
export const newBuildForBuilder: Write = {
  operation: 'BuildapiNewBuildForBuilder',
  variables: ({ builder_name: builder, revision }, form) => ({
    builder,
    revision,
    priority: optionalPriority(form.get('priority')),
    properties: objectOf(form.get('properties')),
    files: arrayOf(form.get('files')),
  }),
  redirects: false,
};

/**
 * Answers a write (contract buildapi section 6.1): branch, fields, then the verb with its own checks. Accepted: 202 with
 * the id of the job, or in HTML, where the write says so, 302 to the page of the job.
 */
export function writing({ answers }: Setting, { operation, variables, redirects }: Write): Handler {
  return onKnownBranch(async (request: DialectRequest, run: RunOperation): Promise<DialectResponse> => {
    const { branch } = request.parameters;
    const given = variables(request.parameters, request.body as Form);
    const { job } = await run<{ job: { number: number } }>(operation, { branch, ...given });
    note(request, operation, job.number, given);
    if (redirects && !wantsJson(request)) {
      const location = `${request.prefix}/${generationOf(request)}/jobs/${job.number}`;
      return { status: 302, headers: { Location: location } };
    }
    return answers.object(request, { status: 'OK', request_id: job.number }, undefined, 202);
  });
}

/** Who did what, for the access log (section 6.4). */
function note({ annotate, principal, parameters }: DialectRequest, operation: string, job: number, given: Variables) {
  const { requestId, buildId, revision } = given;
  const { branch } = parameters;
  annotate({ write: { user: principal.userName, action: operation, branch, job, requestId, buildId, revision } });
}
