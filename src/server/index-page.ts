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
}

/** The policy to send with the page: it has a style sheet of its own and loads nothing. */
export const INDEX_PAGE_SECURITY_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/**
 * The page at `/`: what this server is and where everything is. Plain HTML without scripts; every value is escaped.
 * To be sent as `text/html; charset=utf-8` with `INDEX_PAGE_SECURITY_POLICY`.
 */
export function indexPage({ version, dialects }: IndexPageContent): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Buildgate</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>Buildgate <small>${escapeHtml(version)}</small></h1>
<p>One GraphQL schema for the events, builds and jobs of several build systems, with live subscriptions. The REST URIs those systems once served are answered here too.</p>
</header>
<main>
<section aria-labelledby="graphql">
<h2 id="graphql">GraphQL</h2>
<dl class="links">
<div><dt><a href="/graphiql">GraphiQL</a></dt><dd>Try queries and subscriptions in the browser, with examples.</dd></div>
<div><dt><code>/graphql</code></dt><dd>The endpoint: POST for queries and mutations, WebSocket (<code>graphql-transport-ws</code>) for subscriptions.</dd></div>
<div><dt><a href="/schema.graphql">Schema</a></dt><dd>All types, as text.</dd></div>
</dl>
</section>
<section aria-labelledby="dialects">
<h2 id="dialects">REST dialects</h2>
<p>An old client needs a new base URL and nothing else: the path prefix here, or the virtual host.</p>
<ul class="dialects">
${dialects.map(dialectItem).join('\n')}
</ul>
</section>
<section aria-labelledby="operation">
<h2 id="operation">Operation</h2>
<dl class="links">
<div><dt><a href="/healthz">/healthz</a></dt><dd>The process answers.</dd></div>
<div><dt><a href="/readyz">/readyz</a></dt><dd>Database and broker answer too.</dd></div>
<div><dt><a href="/metrics">/metrics</a></dt><dd>Counters and timings in the Prometheus format.</dd></div>
</dl>
</section>
</main>
</body>
</html>
`;
}

function dialectItem({ name, title, prefix, host, exampleUri }: IndexPageDialect): string {
  const id = escapeHtml(`dialect-${name}`);
  const example = escapeHtml(prefix + exampleUri);
  return `<li aria-labelledby="${id}">
<h3 id="${id}">${escapeHtml(title)}</h3>
<dl>
<div><dt>Prefix</dt><dd><code>${escapeHtml(prefix)}</code></dd></div>
<div><dt>Host</dt><dd><code>${escapeHtml(host)}</code></dd></div>
<div><dt>Example</dt><dd><a href="${example}"><code>${example}</code></a></dd></div>
</dl>
</li>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}

const STYLE = `
:root {
  color-scheme: light dark;
  --text: light-dark(#1d2329, #e4e7ea);
  --muted: light-dark(#57616b, #9ea8b2);
  --page: light-dark(#fbfbfa, #14181c);
  --card: light-dark(#ffffff, #1c2227);
  --line: light-dark(#dcdfe2, #323a42);
  --link: light-dark(#0b5c8f, #7cc0ee);
}
* { box-sizing: border-box; }
body {
  max-width: 58rem; margin: 0 auto; padding: clamp(1.25rem, 5vw, 3.5rem) clamp(1rem, 4vw, 2rem);
  background: var(--page); color: var(--text);
  font: 1rem/1.55 system-ui, -apple-system, 'Segoe UI', sans-serif;
}
h1, h2, h3, p, dl, dd, ul { margin: 0; }
h1 { font-size: 1.9rem; line-height: 1.2; letter-spacing: -0.015em; }
h1 small { margin-left: 0.35rem; color: var(--muted); font-size: 0.9rem; font-weight: 400; letter-spacing: 0; }
h2 { margin: 2.5rem 0 0.6rem; font-size: 1.15rem; }
h3 { margin-bottom: 0.5rem; font-size: 1rem; }
header p { max-width: 40rem; margin-top: 0.7rem; color: var(--muted); }
section > p { margin-bottom: 1rem; color: var(--muted); }
a { color: var(--link); text-underline-offset: 0.3em; text-decoration-thickness: 1px; }
a:focus-visible { outline: 2px solid var(--link); outline-offset: 3px; border-radius: 2px; }
code { font: 0.9em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.links { border-top: 1px solid var(--line); }
.links > div { display: grid; grid-template-columns: 9rem 1fr; gap: 0 1rem; padding: 0.55rem 0; border-bottom: 1px solid var(--line); }
.links dt { font-weight: 500; }
.links dd, .dialects dt { color: var(--muted); }
.dialects { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: 1rem; padding: 0; list-style: none; }
.dialects li { padding: 1rem 1.1rem; border: 1px solid var(--line); border-radius: 8px; background: var(--card); }
.dialects dl > div { display: grid; grid-template-columns: 4.5rem 1fr; gap: 0 0.75rem; }
@media (max-width: 34rem) { .links > div { grid-template-columns: 1fr; } }
`;
