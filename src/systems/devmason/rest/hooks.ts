import { isJsonObject } from '../../../core/json.js';
import type { DialectResponse, Route, RunOperation } from '../../../server/dialect.js';
import type { Form } from '../../../server/form.js';
import { badRequest } from './answers.js';

/** Requests for builds, from people and from code hosts (contract devmason, section 7.7). */

const STARTED: DialectResponse = {
  status: 200,
  headers: { 'Content-Type': 'text/html; charset=utf-8' },
  body: 'Build Started',
};

interface BuildRequest {
  readonly slug: string;
  readonly identifier: string;
  readonly repository?: { readonly url: string; readonly type: 'GIT' | 'HG' };
}

async function record(run: RunOperation, request: BuildRequest): Promise<DialectResponse> {
  await run('DevmasonRequestBuild', { ...request });
  return STARTED;
}

/** Somebody wants a build. */
export const requestBuild: Route['handle'] = ({ body }, run) => {
  if (!isJsonObject(body)) throw badRequest();
  const { project: slug, identifier } = body;
  if (typeof slug !== 'string') throw badRequest("'project'");
  if (typeof identifier !== 'string') throw badRequest("'identifier'");
  return record(run, { slug, identifier });
};

/** GitHub tells of a push. */
export const githubPush: Route['handle'] = ({ body }, run) => {
  const payload = payloadOf(body as Form);
  const url = text(payload, 'repository', 'url').replaceAll('http://', 'git://');
  const identifier = text(payload, 'after');
  return record(run, { slug: text(payload, 'repository', 'name'), identifier, repository: { url, type: 'GIT' } });
};

/** Bitbucket tells of a push. */
export const bitbucketPush: Route['handle'] = ({ body }, run) => {
  const payload = payloadOf(body as Form);
  const url = `http://bitbucket.org${text(payload, 'repository', 'absolute_url')}`;
  const identifier = text(payload, 'commits', '0', 'node');
  return record(run, { slug: text(payload, 'repository', 'name'), identifier, repository: { url, type: 'HG' } });
};

function payloadOf(form: Form): unknown {
  try {
    return JSON.parse(form.get('payload') ?? '');
  } catch {
    throw badRequest();
  }
}

/** The text at a place in a payload. */
function text(payload: unknown, ...path: readonly string[]): string {
  const found = path.reduce<unknown>(
    (value, name) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, name)
        ? (value as Record<string, unknown>)[name]
        : undefined,
    payload,
  );
  if (typeof found !== 'string') throw badRequest();
  return found;
}
