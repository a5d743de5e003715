import { ok } from './answers.js';
import { PAGE_LENGTH } from './paging.js';
import type { Method, View } from './resource.js';

/** Version of the old server whose API this is: clients compare it with the least that they can do with. */
const VERSION = '1.0.0';

/** Lists in the order of the API document, and what is neither a list nor below one (contract rodan, section 7). */
const LISTS = [
  'projects',
  'workflows',
  'workflowjobs',
  'workflowjobgroups',
  'workflowruns',
  'runjobs',
  'jobs',
  'users',
  'connections',
  'outputporttypes',
  'outputports',
  'inputporttypes',
  'inputports',
  'resources',
  'resourcelists',
  'resourcetypes',
  'outputs',
  'inputs',
];
const OTHERS = ['auth-me', 'auth-register', 'auth-token', 'auth-reset-token', 'auth-change-password'];

/** Names of routes and their paths below the mount; `auth-me` is `/auth/me/`. */
const PATHS = [...LISTS, ...OTHERS].map((name) => [name, `/${name.replace(/^auth-/, 'auth/')}/`] as const);

/** The API root as OPTIONS tells of it. */
export const ROOT_VIEW: View = {
  uri: '/',
  subject: 'Root',
  name: 'Api Root',
  description: 'The lists of this API, its configuration and version.',
  isPublic: true,
};

/**
 * GET of the API root.
 * @param uris what is served here: other routes are left out
 */
export function rootMethod(uris: ReadonlySet<string>): Method {
  const served = PATHS.filter(([, path]) => uris.has(path));
  return {
    uri: ROOT_VIEW.uri,
    method: 'GET',
    summary: 'The lists of this API, its configuration and version',
    operations: [],
    answers: { 200: 'The API root' },
    kept: true,
    handle: ({ links }) =>
      ok({
        routes: Object.fromEntries(served.map(([name, path]) => [name, links.to(path)])),
        configuration: { page_length: PAGE_LENGTH, job_packages: {} },
        version: VERSION,
      }),
  };
}
