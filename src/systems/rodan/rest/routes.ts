import type { Dialect } from '../../../server/dialect.js';
import { allowText, rodanAnswers } from './answers.js';
import { rodanDescription } from './description.js';
import { INTERACTIVE_METHOD } from './interactive.js';
import { MEMBER_METHODS } from './member-methods.js';
import { addSlash, negotiate } from './negotiation.js';
import { READ_METHODS } from './read-methods.js';
import { routesOf, type Method, type View } from './resource.js';
import { ROOT_VIEW, rootMethod } from './root.js';
import { USER_METHODS, USER_VIEWS } from './user-routes.js';
import { VIEWS } from './views.js';
import { WRITE_METHODS } from './write-methods.js';

/** What the dialect is made with. */
export interface RodanDialectOptions {
  /** Who an `Authorization` header names; without it only the gateway's own tokens do. */
  readonly identify?: Dialect['identify'];
}

/** URIs as OPTIONS tells of them; of several that fit a path the first answers. */
const ALL_VIEWS: readonly View[] = [ROOT_VIEW, ...VIEWS, ...USER_VIEWS];

const METHODS: readonly Method[] = [
  ...READ_METHODS,
  ...WRITE_METHODS,
  ...MEMBER_METHODS,
  INTERACTIVE_METHOD,
  ...USER_METHODS,
];

/** What pages of other origins may do (section 11): credentials are tokens, which no browser sends by itself. */
const CROSS_ORIGIN: Dialect['crossOrigin'] = {
  allowed: 'any',
  exposed: 'Set-Cookie, Vary, Date',
  preflightStatus: 200,
  preflight: {
    methods: 'DELETE, GET, OPTIONS, PATCH, POST, PUT',
    headers:
      'accept, accept-encoding, authorization, content-type, dnt, origin, user-agent, x-csrftoken, x-requested-with',
    maxAge: 86_400,
  },
};

/** Rodan's REST API, after its List API document and DDMAL/Rodan (contract rodan). */
export function rodanDialect({ identify }: RodanDialectOptions = {}): Dialect {
  const uris = new Set(METHODS.map(({ uri }) => uri));
  return {
    system: 'rodan',
    prefix: '/rodan',
    title: 'Rodan',
    description: rodanDescription,
    operations: new URL('./operations/', import.meta.url),
    routes: routesOf(ALL_VIEWS, [rootMethod(uris), ...METHODS]),
    authentication: 'perUri',
    ...(identify && { identify }),
    alias: '/api',
    crossOrigin: CROSS_ORIGIN,
    gzip: { over: 200 },
    headers: ({ headers: { origin } }, methods) => ({
      Vary: origin === undefined ? 'Accept-Encoding' : 'Accept-Encoding, Origin',
      ...(methods && { Allow: allowText(methods) }),
    }),
    redirect: addSlash,
    negotiate,
    ...rodanAnswers,
  };
}
