import type { Dialect, Route } from '../../../server/dialect.js';
import { devmasonAnswers } from './answers.js';
import { BODIES, devmasonDescription } from './description.js';
import { bitbucketPush, githubPush, requestBuild } from './hooks.js';
import { ponyBuild } from './pony-build.js';
import { routesOf } from './resource.js';
import { RESOURCES } from './resources.js';

/** What the operator decides about the dialect, and whose users sign in. */
export interface DevmasonDialectOptions {
  /** The system whose users sign in with their passwords. */
  readonly members: NonNullable<Dialect['members']>;
  /** Whether projects and builds may be registered without credentials; true unless told. */
  readonly anonymous?: boolean;
}

/** Devmason Server's REST API, after its API document and `ericholscher/devmason-server` (contract devmason). */
export function devmasonDialect({ members, anonymous = true }: DevmasonDialectOptions): Dialect {
  return {
    system: 'devmason',
    prefix: '/devmason',
    title: 'Devmason',
    description: devmasonDescription,
    operations: new URL('./operations.graphql', import.meta.url),
    // The hooks win over a project called `builds`.
    routes: [...hookRoutes, xmlRpc, ...RESOURCES.flatMap((resource) => routesOf({ anonymous }, resource))],
    authentication: 'lenient',
    members,
    headers: { Vary: 'Authorization' },
    ...devmasonAnswers,
  };
}

/** Pushes list all their commits: 10 MiB. */
const PUSH_BODY = { kind: 'form', limit: 10 * 1024 * 1024, content: BODIES.push } as const;

const hookRoutes: readonly Route[] = [
  hook('/builds/request', 'Ask for a build (`project`, `identifier`)', requestBuild, {
    kind: 'json',
    content: BODIES.request,
  }),
  hook('/builds/github', 'Tell of a push to GitHub (`payload`)', githubPush, PUSH_BODY),
  hook('/builds/bitbucket', 'Tell of a push to Bitbucket (`payload`)', bitbucketPush, PUSH_BODY),
];

/** The interface of the server before this one, for clients that never changed. */
const xmlRpc: Route = {
  method: 'POST',
  uri: '/xmlrpc',
  summary: 'XML-RPC: `add_results`, `check_should_build`',
  subject: 'Hooks',
  mediaTypes: ['text/xml'],
  operations: ['DevmasonProject', 'DevmasonRegisterProject', 'DevmasonReportBuild'],
  ignoresCredentials: true,
  body: { kind: 'bytes', limit: 16 * 1024 * 1024, content: { mediaTypes: ['text/xml'] } },
  answers: { 200: 'The result, or a fault' },
  handle: ponyBuild,
};

function hook(uri: string, summary: string, handle: Route['handle'], body: NonNullable<Route['body']>): Route {
  return {
    method: 'POST',
    uri,
    summary,
    subject: 'Hooks',
    mediaTypes: ['text/html'],
    operations: ['DevmasonRequestBuild'],
    ignoresCredentials: true,
    body,
    answers: { 200: 'Recorded', 400: 'Refused, the body says why', 404: 'No such project' },
    handle,
  };
}
