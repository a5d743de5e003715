import type { Dialect } from './dialect.js';
import { type DocumentedExchange, documentedExchanges, type Place, placed } from './documented-exchange.js';
import { documentOf, type Html, markup, prose } from './html.js';
import type { Operation } from './openapi-document.js';
import { openApi } from './openapi.js';
import { operationArticle, REFERENCE_STYLE } from './reference-operation.js';

/** An operation with where it is. */
interface Placed {
  readonly method: string;
  readonly uri: string;
  readonly operation: Operation;
}

/**
 * The page of a dialect for people: what its OpenAPI document says, with the documented exchanges as commands. Plain HTML
 * without scripts; every value is escaped. To be sent as `text/html; charset=utf-8` with `INDEX_PAGE_SECURITY_POLICY`.
 */
export function referencePage(dialect: Dialect, place: Place): string {
  const document = openApi(dialect, place);
  const exchanges = placed(documentedExchanges(dialect.description.exchanges), place);
  const operations = Object.entries(document.paths).flatMap(([uri, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), uri, operation })),
  );
  const subjects = document.tags.map(({ name }) => ({
    name,
    id: `about-${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`,
    operations: operations.filter(({ operation }) => operation.tags.includes(name)),
  }));
  const shown = { dialect, place, schemas: document.components.schemas ?? {} };
  const body = markup`<header>
<nav aria-label="Gateway"><a href="/about">Buildgate</a></nav>
<h1>${dialect.title} <small>REST reference</small></h1>
<p>${prose(dialect.description.text)}</p>
</header>
<main>
<dl class="links">
<div><dt>Base address</dt><dd><code>${place.origin}${place.mount}</code></dd></div>
<div><dt>OpenAPI 3.1</dt><dd><a href="/openapi/${dialect.system}.json"><code>/openapi/${dialect.system}.json</code></a></dd></div>
${credentialsRows(dialect)}</dl>
<nav class="subjects" aria-label="Subjects">
${subjects.map(({ name, id, operations: own }) => markup`<a href="#${id}">${name} <small>${own.length}</small></a>\n`)}</nav>
${subjects.map(
  ({ name, id, operations: own }) => markup`<section aria-labelledby="${id}">
<h2 id="${id}">${name}</h2>
${own.map((one) => operationArticle({ ...one, ...shown, exchanges: exchangesOf(one, exchanges) }))}</section>
`,
)}</main>`;
  return documentOf({ title: `${dialect.title} – REST reference`, style: REFERENCE_STYLE, body });
}

function exchangesOf({ method, uri }: Placed, exchanges: readonly DocumentedExchange[]): DocumentedExchange[] {
  return exchanges.filter(({ route }) => route === `${method} ${uri}`);
}

const WAYS = { basic: 'Basic', bearer: 'Bearer token', header: 'Token' } as const;

function credentialsRows({ description }: Dialect): Html[] {
  return Object.values(description.credentials).map(
    ({ kind, text }) => markup`<div><dt>${WAYS[kind]}</dt><dd>${prose(text)}</dd></div>\n`,
  );
}
