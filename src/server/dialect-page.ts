import type { RequestHandler } from 'express';
import { documentOf, type Html, markup } from './html.js';
import { INDEX_PAGE_SECURITY_POLICY, type IndexPageDialect } from './index-page.js';
import { pageSecurity } from './security-policy.js';
import { type RouteTwins, routeTwins } from './twins/route-twins.js';
import type { StoredOperation } from './twins/stored-operation.js';
import type { Twins } from './twins/twins.js';

/** What the page of a dialect shows. */
export interface DialectPageContent {
  readonly shown: IndexPageDialect;
  /** In the order of the page. */
  readonly routes: readonly RouteTwins[];
  /** Whether the operations behind the routes are shown, which tell of the schema. */
  readonly operations: boolean;
}

/**
 * Serves the page of each dialect; to be mounted at `/about/:system`. A page is made when it is first asked for.
 * @param twins those of each dialect, by its system's name
 */
export function dialectPages(
  dialects: readonly IndexPageDialect[],
  twins: ReadonlyMap<string, Twins>,
  content: Pick<DialectPageContent, 'operations'>,
): RequestHandler<{ system: string }> {
  const pages = new Map<string, string>();
  return ({ params: { system } }, response, next) => {
    const shown = dialects.find(({ name }) => name === system);
    const its = twins.get(system);
    if (shown === undefined || its === undefined) return next();
    const page = pages.get(system) ?? dialectPage({ ...content, shown, routes: routeTwins(its) });
    pages.set(system, page);
    response.set(pageSecurity(INDEX_PAGE_SECURITY_POLICY)).type('html').send(page);
  };
}

/**
 * The page at `/about/SYSTEM`: each route of the REST interface with the stored operations behind it, and their texts. Plain
 * HTML without scripts; every value is escaped. To be sent with `INDEX_PAGE_SECURITY_POLICY`.
 */
export function dialectPage({ shown, routes, operations: isShown }: DialectPageContent): string {
  const { name, title, prefix, host } = shown;
  const body = markup`<header>
<p><a href="/about">Buildgate</a></p>
<h1>${title}</h1>
<p>Each URI of the old REST interface, below <code>${prefix}</code> or at the root of <code>${host}</code>${isShown && ', with the GraphQL operations that answer it'}.</p>
</header>
<main>
<section aria-labelledby="routes">
<h2 id="routes">Routes</h2>
<ul class="routes">
${routes.map((one) => routeItem(one, prefix, isShown))}</ul>
</section>
${isShown && operationsSection(routes, name)}</main>`;
  return documentOf({ title: `${title} – Buildgate`, style: STYLE, body });
}

function operationsSection(routes: readonly RouteTwins[], system: string): Html {
  const operations = new Map(routes.flatMap((route) => route.operations).map((one) => [one.name, one]));
  return markup`<section aria-labelledby="operations">
<h2 id="operations">Operations</h2>
<p>Operations that change something are shown, but not offered to be run.</p>
${[...operations.values()].map((one) => operationArticle(one, system))}</section>
`;
}

function routeItem({ route, operations }: RouteTwins, prefix: string, isShown: boolean): Html {
  const { method, uri, summary } = route;
  const links = operations.map(
    ({ name }, index) => markup`${index > 0 && ', '}<a href="#${name}"><code>${name}</code></a>`,
  );
  return markup`<li>
<h3><code>${method} ${prefix}${uri}</code></h3>
<p>${summary}</p>
${isShown && markup`<p>${links.length > 0 ? links : 'No operation: the answer needs no data.'}</p>\n`}</li>
`;
}

function operationArticle({ name, isQuery, text }: StoredOperation, system: string): Html {
  const address = `/graphiql?operation=${system}/${name}`;
  return markup`<article id="${name}" aria-labelledby="${name}-title">
<h3 id="${name}-title">${name}</h3>
${isQuery && markup`<p><a href="${address}">Open in GraphiQL</a></p>\n`}<pre role="region" tabindex="0" aria-labelledby="${name}-title"><code>${text}</code></pre>
</article>
`;
}

const STYLE = `
.routes { padding: 0; list-style: none; border-top: 1px solid var(--line); }
.routes li { padding: 0.7rem 0; border-bottom: 1px solid var(--line); }
.routes p { color: var(--muted); }
.routes h3 { margin: 0; }
article { margin-top: 1.5rem; scroll-margin-top: 1rem; }
pre { margin: 0.5rem 0 0; padding: 1rem 1.1rem; overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; background: var(--card); }
pre code { overflow-wrap: normal; }
`;
