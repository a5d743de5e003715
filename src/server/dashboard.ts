import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import express, { type RequestHandler, type Router } from 'express';
import { markup } from './html.js';
import { INDEX_PAGE_SECURITY_POLICY, indexPage, pointers, type IndexPageContent } from './index-page.js';
import { pageSecurity, securityPolicy } from './security-policy.js';

/** Two folders up is the package root, from `src/server` as well as from `dist/server`. */
const BUILT_FILES = fileURLToPath(new URL('../../dist/dashboard/', import.meta.url));

/** Where the build leaves room for what the page says without JavaScript. */
const ROOM = '<!--pointers-->';
/** Tells the header of the dashboard to offer no GraphiQL. */
const NO_GRAPHIQL = markup`<template id="no-graphiql"></template>`;

/** Own origin only, and nothing that stands in the page itself; `'self'` covers the WebSocket. */
const CONTENT_SECURITY_POLICY = securityPolicy(
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
);

/** Addresses of the dashboard; which page one shows is decided in the browser. */
export const DASHBOARD_PATHS = [
  '/',
  '/charts',
  '/usage',
  '/event/:system/*key',
  '/build/:system/*key',
  '/job/:system/*key',
];

/**
 * Serves the dashboard as built into `dist/dashboard`, at `/` and the addresses of its pages, and what this server is and
 * where everything is at `/about`. Without JavaScript the dashboard shows the latter; without a build it is at `/` too.
 * The names of all files but the page itself hold a hash of their content, so these may be cached for ever.
 * @param builtFiles folder of the build, for tests
 */
export function dashboardRouter(content: IndexPageContent, builtFiles: string = BUILT_FILES): Router {
  const router = express.Router();
  const atRoom =
    markup`${content.graphiql === false && NO_GRAPHIQL}<noscript><div class="pointers">${pointers(content)}</div></noscript>`
      .text;
  const about = aboutPage(content);
  router.get('/about', about);
  router.get(DASHBOARD_PATHS, (request, response, next) => {
    const file = `${builtFiles}/index.html`;
    if (!existsSync(file)) return request.path === '/' ? about(request, response, next) : next();
    response.set({ ...pageSecurity(CONTENT_SECURITY_POLICY), 'Cache-Control': 'no-cache' });
    // A function, because a text may hold what would stand for something in a replacement.
    response.type('html').send(readFileSync(file, 'utf8').replace(ROOM, () => atRoom));
  });
  router.use(
    '/dashboard/assets',
    express.static(`${builtFiles}/assets`, { index: false, redirect: false, immutable: true, maxAge: '1y' }),
  );
  return router;
}

function aboutPage(content: IndexPageContent): RequestHandler {
  const page = indexPage(content);
  return (_request, response) => {
    response.set(pageSecurity(INDEX_PAGE_SECURITY_POLICY)).type('html').send(page);
  };
}
