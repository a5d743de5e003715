import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import express, { type RequestHandler, type Router } from 'express';
import { pageSecurity, securityPolicy } from './security-policy.js';

/** Two folders up is the package root, from `src/server` as well as from `dist/server`. */
const BUILT_FILES = fileURLToPath(new URL('../../dist/graphiql/', import.meta.url));

/**
 * Own origin only. The exceptions are Monaco's: it positions text by style attributes and brings its icons and
 * fonts as data URLs. Its workers are files of ours, so no `blob:` is needed; `'self'` covers the WebSocket.
 */
const CONTENT_SECURITY_POLICY = securityPolicy(
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self' data:",
  "img-src 'self' data:",
  "connect-src 'self'",
);

/** What GraphiQL is served with. */
export interface GraphiqlOptions {
  /** The document of a stored operation of a dialect that may be opened here; undefined when there is none. */
  readonly operationOf: (system: string, name: string) => string | undefined;
  /** Folder of the build, for tests. */
  readonly builtFiles?: string;
}

/**
 * Serves GraphiQL as built into `dist/graphiql`; to be mounted at `/graphiql`, the base the build writes into its links.
 * The names of all files but the page itself hold a hash of their content, so these may be cached for ever.
 * Without a build, and for unknown names, it answers 404 with a plain text that says so.
 * `?operation=SYSTEM/NAME&variables=JSON` opens a stored operation, whose document the page reads from `operations/`.
 */
export function graphiqlRouter({ operationOf, builtFiles = BUILT_FILES }: GraphiqlOptions): Router {
  const router = express.Router();
  router.use((_request, response, next) => {
    response.set(pageSecurity(CONTENT_SECURITY_POLICY));
    next();
  });
  router.get('/', (_request, response, next) => {
    if (!existsSync(`${builtFiles}/index.html`)) return next();
    response.sendFile('index.html', {
      root: builtFiles,
      cacheControl: false,
      headers: { 'Cache-Control': 'no-cache' },
    });
  });
  router.use(
    '/assets',
    express.static(`${builtFiles}/assets`, { index: false, redirect: false, immutable: true, maxAge: '1y' }),
  );
  router.get('/operations/:system/:name.graphql', ({ params }, response) => {
    const document = operationOf(params.system, params.name);
    response.set('Cache-Control', 'no-cache').type('text/plain');
    if (document === undefined) response.status(404).send('There is no such stored operation to run.\n');
    else response.send(document);
  });
  router.use((_request, response) => {
    const built = existsSync(`${builtFiles}/index.html`);
    const text = built ? 'GraphiQL has no such file.' : 'GraphiQL is not built here. Run: npm run build:graphiql';
    response.status(404).type('text/plain').send(`${text}\n`);
  });
  return router;
}

/** What stands at `/graphiql` where it is switched off. */
export const noGraphiql: RequestHandler = (_request, response) => {
  response.status(404).type('text/plain').send('GraphiQL is switched off here (BUILDGATE_GRAPHIQL).\n');
};
