import { curlCommand } from './curl-command.js';
import type { Dialect } from './dialect.js';
import type { DocumentedExchange, Place } from './documented-exchange.js';
import { type Html, markup, prose } from './html.js';
import type { JsonSchema, Operation, Parameter } from './openapi-document.js';

/** What the reference shows of an operation. */
export interface ShownOperation {
  /** In upper case. */
  readonly method: string;
  readonly uri: string;
  readonly operation: Operation;
  readonly exchanges: readonly DocumentedExchange[];
  readonly dialect: Dialect;
  readonly place: Place;
  /** What bodies hold, by name. */
  readonly schemas: Readonly<Record<string, JsonSchema>>;
}

/** More parameters than this are folded away: filters of lists are up to fifty. */
const SHOWN_PARAMETERS = 6;

/** One operation, with an anchor of its own. */
export function operationArticle(shown: ShownOperation): Html {
  const { method, uri, operation } = shown;
  const { operationId: id, summary, description, parameters = [] } = operation;
  return markup`<article id="${id}" aria-labelledby="${id}-title">
<h3 id="${id}-title"><a href="#${id}"><span class="method ${method.toLowerCase()}">${method}</span> <code>${uri}</code></a></h3>
<p>${prose(`${summary}.${description ? ` ${description}` : ''}`)}</p>
${parameterList(parameters)}${bodyList(shown)}<dl class="facts">
${accessRow(operation)}<div><dt>Answers</dt><dd><ul class="answers">${Object.entries(operation.responses).map(
    ([status, { description: meaning }]) => markup`<li><code>${status}</code> ${prose(meaning)}</li>`,
  )}</ul></dd></div>
${operationsRow(shown)}</dl>
${shown.exchanges.map((exchange) => exchangeDetails(exchange, shown))}</article>
`;
}

function parameterList(parameters: readonly Parameter[]): Html | null {
  if (parameters.length === 0) return null;
  const list = markup`<dl class="fields">
${parameters.map(
  ({ name, in: where, description, schema }) =>
    markup`<div><dt><code>${name}</code> <small>${where === 'path' ? 'path' : typeText(schema)}</small></dt><dd>${prose(description)}${wordsText(schema)}</dd></div>\n`,
)}</dl>
`;
  if (parameters.length <= SHOWN_PARAMETERS) return list;
  return markup`<details><summary>${parameters.length} parameters</summary>
${list}</details>
`;
}

function typeText({ type, items }: JsonSchema): string {
  if (type === 'array') return items === undefined ? 'list' : `${typeText(items as JsonSchema)}, may be repeated`;
  return type === 'string' ? 'text' : String(type ?? 'any');
}

function wordsText({ enum: words }: JsonSchema): string | null {
  return Array.isArray(words) ? `: ${words.join(', ')}` : null;
}

/** What the body may hold. */
function bodyList({ operation: { requestBody }, schemas }: ShownOperation): Html | null {
  if (requestBody === undefined) return null;
  const types = Object.keys(requestBody.content);
  const reference = Object.values(requestBody.content)[0]?.schema?.['$ref'];
  const { properties = {}, required = [] } = (schemas[String(reference).split('/').at(-1)!] ?? {}) as {
    readonly properties?: Readonly<Record<string, JsonSchema & { readonly description?: string }>>;
    readonly required?: readonly string[];
  };
  return markup`<p class="body">Body: ${types.map((type, index) => markup`${index > 0 && ', '}<code>${type}</code>`)}</p>
<dl class="fields">
${Object.entries(properties).map(
  ([name, schema]) =>
    markup`<div><dt><code>${name}</code> <small>${typeText(schema)}${required.includes(name) && ', required'}</small></dt><dd>${prose(schema.description ?? '')}</dd></div>\n`,
)}</dl>
`;
}

function accessRow({ security, 'x-roles': roles }: Operation): Html | null {
  if (security === undefined) return null;
  const optional = security.some((way) => Object.keys(way).length === 0);
  const who = optional ? 'Optional' : roles ? roleWords(roles) : 'Needed';
  return markup`<div><dt>Credentials</dt><dd>${who}</dd></div>\n`;
}

function roleWords(roles: readonly string[]): Html {
  return markup`Of somebody with the role ${roles.map((role, index) => markup`${index > 0 && ' or '}<code>${role}</code>`)}`;
}

/** Each with its text and, where it reads, a link to run it: on the page of the dialect. */
function operationsRow({
  operation: { 'x-graphql-operations': names },
  dialect: { system },
}: ShownOperation): Html | null {
  if (names.length === 0) return null;
  const links = names.map((name) => markup`<a href="/about/${system}#${name}"><code>${name}</code></a> `);
  return markup`<div><dt>Stored operations</dt><dd>${links}</dd></div>\n`;
}

/** A documented exchange: the request as a command, the answer as it comes. */
function exchangeDetails(exchange: DocumentedExchange, { dialect, place }: ShownOperation): Html {
  const { summary, caller, answer } = exchange;
  const command = curlCommand(exchange, place, Object.values(dialect.description.credentials));
  const headers = Object.entries(answer.headers ?? {}).map(([name, value]) => `${name}: ${value}\n`);
  const type = answer.body && `content-type: ${answer.body.mediaType}\n`;
  return markup`<details><summary>Example: ${summary}</summary>
${caller && markup`<p>Asked by <code>${caller.user}</code>${rightsText(caller)}.</p>\n`}<pre tabindex="0"><code>${command}</code></pre>
<pre tabindex="0"><code>HTTP ${answer.status}
${type}${headers}${answer.body && `\n${shownBody(answer.body.value)}`}</code></pre>
</details>
`;
}

function rightsText({ roles, admin }: NonNullable<DocumentedExchange['caller']>): string {
  if (admin) return ', an administrator';
  return roles ? `, who has ${roles.join(', ')}` : '';
}

function shownBody(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}

/** Rules besides those that all pages share. */
export const REFERENCE_STYLE = `
main { display: grid; gap: 1rem; }
header nav { margin-bottom: 0.5rem; }
.subjects { display: flex; flex-wrap: wrap; gap: 0.4rem 1rem; }
.subjects small, dt small { color: var(--muted); font-weight: 400; }
section { min-width: 0; }
article { margin-top: 1rem; padding: 1rem 1.1rem; border: 1px solid var(--line); border-radius: 8px; background: var(--card); }
article p, article dl, article details { margin-top: 0.5rem; }
article:target { border-color: var(--link); }
h3 { margin: 0; font-weight: 500; }
h3 a { color: inherit; text-decoration: none; }
h3 a:hover code { text-decoration: underline; }
.method { display: inline-block; min-width: 3.5rem; font-size: 0.8rem; font-weight: 700; letter-spacing: 0.03em; }
.get, .options { color: light-dark(#0b5c8f, #7cc0ee); }
.post, .put, .patch { color: light-dark(#1f6b36, #7fd39a); }
.delete { color: light-dark(#a3262c, #f2989b); }
.fields > div, .facts > div { display: grid; grid-template-columns: 14rem 1fr; gap: 0 1rem; padding: 0.2rem 0; }
.facts dt { color: var(--muted); }
.fields dd, .facts dd { min-width: 0; overflow-wrap: anywhere; }
.answers { padding: 0; list-style: none; }
summary { cursor: pointer; color: var(--link); }
pre { max-height: 30rem; margin: 0.5rem 0 0; padding: 0.7rem; overflow: auto; border: 1px solid var(--line); border-radius: 6px; background: var(--page); }
pre code { overflow-wrap: normal; }
@media (max-width: 34rem) { .fields > div, .facts > div { grid-template-columns: 1fr; } }
`;
