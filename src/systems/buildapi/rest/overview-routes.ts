import type { Route } from '../../../server/dialect.js';
import { BOTH_FORMS } from './description.js';
import * as overviews from './overviews.js';
import { dashboard, inJson, login, type Setting } from './reads.js';

/**
 * The addresses beside the two generations (contract buildapi section 5.9). One with optional segments at its end is a
 * route for each length.
 */
export function overviewRoutes(setting: Setting): Route[] {
  const lengths = (uri: string): string[] => {
    const [, ...segments] = uri.split('/');
    return segments.map((_segment, index) => `/${segments.slice(0, index + 1).join('/')}`);
  };
  const at = (uri: string, rest: Pick<Route, 'summary' | 'operations' | 'query' | 'kept' | 'handle'>): Route => {
    const names = [...uri.matchAll(/\{(\w+)\}/g)].map(([, name]) => [name!, 'segment'] as const);
    const answers = { 200: 'Found', 400: 'Unsupported format' };
    const common = { subject: 'Overviews', mediaTypes: BOTH_FORMS };
    return { method: 'GET', uri, ...common, parameters: Object.fromEntries(names), answers, ...rest };
  };
  const onlyFormat = [{ name: 'format', description: '`json` or `html`' }];
  const byBranch = [
    { name: 'branch', description: 'Part of the source branch, unless the path says it' },
    ...onlyFormat,
  ];
  const span = ['fromtime', 'totime'].map((name) => ({ name, description: 'Seconds since 1970, or `today`' }));
  return [
    ...lengths('/pending/{branch}/{platform}').map((uri) =>
      at(uri, {
        summary: 'Pending requests by branch and revision',
        operations: ['BuildapiPending'],
        query: byBranch,
        kept: inJson,
        handle: overviews.pending(setting),
      }),
    ),
    ...lengths('/running/{branch}/{platform}').map((uri) =>
      at(uri, {
        summary: 'Running builds by branch and revision',
        operations: ['BuildapiRunning'],
        query: byBranch,
        kept: inJson,
        handle: overviews.running(setting),
      }),
    ),
    at('/revision/{branch}/{revision}', {
      summary: 'All requests of a revision by branch',
      operations: ['BuildapiRevision'],
      query: onlyFormat,
      kept: true,
      handle: overviews.revisionOverview(setting),
    }),
    ...lengths('/recent/{slave}').map((uri) =>
      at(uri, {
        summary: 'Builds that ended last',
        operations: ['BuildapiBuilds'],
        query: [
          { name: 'numbuilds', description: 'How many, 25 unless told', values: 'integer' },
          { name: 'slave', description: 'Beginning of the name of the machine, unless the path says it' },
          { name: 'greedy', description: '`false`: the whole name of the machine', values: ['true', 'false'] },
          ...onlyFormat,
        ],
        kept: true,
        handle: overviews.recent(setting),
      }),
    ),
    ...lengths('/pushes/{branch}/{fromtime}/{totime}').map((uri) =>
      at(uri, {
        summary: 'Revisions per author',
        operations: ['BuildapiPushes'],
        query: [...span, ...byBranch],
        kept: overviews.namesNoToday,
        handle: overviews.pushes(setting),
      }),
    ),
    ...pageRoutes(setting),
  ];
}

function pageRoutes(setting: Setting): Route[] {
  return [
    {
      method: 'GET',
      uri: '/login',
      summary: 'Makes a browser ask for user name and token',
      subject: 'Pages',
      operations: [],
      answers: { 302: 'Signed in', 401: 'Not signed in' },
      handle: login(setting),
    },
    {
      method: 'GET',
      uri: '/',
      summary: 'Dashboard',
      subject: 'Pages',
      mediaTypes: ['text/html'],
      operations: ['BuildapiBranches'],
      answers: { 200: 'An HTML page' },
      kept: true,
      handle: dashboard(setting),
    },
  ];
}
