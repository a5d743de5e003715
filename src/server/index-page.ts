import { documentOf, type Html, markup } from './html.js';
import { securityPolicy } from './security-policy.js';

/** One dialect as the index page shows it. */
export interface IndexPageDialect {
  /** The system's name, lower case: `freshmaker`. */
  readonly name: string;
  /** For readers: `Freshmaker`. */
  readonly title: string;
  /** Where it is mounted, without a slash at the end: `/freshmaker`. */
  readonly prefix: string;
  /** The virtual host at whose root it answers too: `freshmaker.localhost`. */
  readonly host: string;
  /** A documented URI below the mount that answers GET without credentials: `/api/1/events/`. */
  readonly exampleUri: string;
}

/** What the index page shows. */
export interface IndexPageContent {
  /** Version of the package. */
  readonly version: string;
  readonly dialects: readonly IndexPageDialect[];
  /** Whether GraphiQL is served; it is unless told. */
  readonly graphiql?: boolean;
  /** Whether the schema is shown; it is unless told. */
  readonly schema?: boolean;
}

/** The policy to send with the page: it has a style sheet of its own and loads nothing. */
export const INDEX_PAGE_SECURITY_POLICY = securityPolicy("style-src 'unsafe-inline'");

/**
 * The page at `/about`: what this server is and where everything is. Plain HTML without scripts; every value is escaped.
 * To be sent as `text/html; charset=utf-8` with `INDEX_PAGE_SECURITY_POLICY`.
 */
export function indexPage(content: IndexPageContent): string {
  return documentOf({ title: 'Buildgate', style: STYLE, body: pointers(content) });
}

const GRAPHIQL = markup`<div><dt><a href="/graphiql">GraphiQL</a></dt><dd>Try queries and subscriptions in the browser, with examples.</dd></div>
`;
const SCHEMA = markup`<div><dt><a href="/schema.graphql">Schema</a></dt><dd>All types, as text.</dd></div>
`;

/** The body of that page, which the dashboard shows where there is no JavaScript. */
export function pointers({ version, dialects, graphiql = true, schema = true }: IndexPageContent): Html {
  return markup`<header>
<h1>Buildgate <small>${version}</small></h1>
<p>One GraphQL schema for the events, builds and jobs of several build systems, with live subscriptions. The REST URIs those systems once served are answered here too.</p>
</header>
<main>
<section aria-labelledby="graphql">
<h2 id="graphql">GraphQL</h2>
<dl class="links">
<div><dt><a href="/">Dashboard</a></dt><dd>What is being built, live.</dd></div>
${graphiql && GRAPHIQL}<div><dt><code>/graphql</code></dt><dd>The endpoint: POST for queries and mutations, WebSocket (<code>graphql-transport-ws</code>) for subscriptions.</dd></div>
${schema && SCHEMA}</dl>
</section>
<section aria-labelledby="dialects">
<h2 id="dialects">REST dialects</h2>
<p>An old client needs a new base URL and nothing else: the path prefix here, or the virtual host.</p>
<ul class="dialects">
${dialects.map((one) => dialectItem(one, graphiql))}</ul>
</section>
<section aria-labelledby="operation">
<h2 id="operation">Operation</h2>
<dl class="links">
<div><dt><a href="/healthz">/healthz</a></dt><dd>The process answers.</dd></div>
<div><dt><a href="/readyz">/readyz</a></dt><dd>Database and broker answer too.</dd></div>
<div><dt><a href="/metrics">/metrics</a></dt><dd>Counters and timings in the Prometheus format.</dd></div>
</dl>
</section>
</main>`;
}

function dialectItem({ name, title, prefix, host, exampleUri }: IndexPageDialect, operations: boolean): Html {
  const id = `dialect-${name}`;
  const example = prefix + exampleUri;
  return markup`<li aria-labelledby="${id}">
<h3 id="${id}">${title}</h3>
<dl>
<div><dt>Prefix</dt><dd><code>${prefix}</code></dd></div>
<div><dt>Host</dt><dd><code>${host}</code></dd></div>
<div><dt>Routes</dt><dd><a href="/about/${encodeURIComponent(name)}">All URIs${operations && ', with their GraphQL operations'}</a></dd></div>
<div><dt>Example</dt><dd><a href="${example}"><code>${example}</code></a></dd></div>
<div><dt>Reference</dt><dd><a href="/reference/${name}">All URIs</a>, <a href="/openapi/${name}.json">OpenAPI 3.1</a></dd></div>
</dl>
</li>
`;
}

const STYLE = `
.dialects dt { color: var(--muted); }
.dialects { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: 1rem; padding: 0; list-style: none; }
.dialects li { padding: 1rem 1.1rem; border: 1px solid var(--line); border-radius: 8px; background: var(--card); }
.dialects dl > div { display: grid; grid-template-columns: 5.5rem 1fr; gap: 0 0.75rem; }
`;
