import type { DialectRequest } from '../../../../server/dialect.js';
import { documentOf, elementText, type Html, markup } from '../../../../server/html.js';
import { generationOf } from '../format.js';
import type { JsonValue } from '../represent.js';

/** What pages need to know of the request they answer. */
export interface PageView {
  /** Path of the mount as the client used it. */
  readonly mount: string;
  /** In front of the resources: `/buildapi/self-serve`. */
  readonly base: string;
  /** Who is signed in. */
  readonly userName: string | null;
  /** Path with the query, as sent. */
  readonly address: string;
  readonly timeZone: string;
}

/** Title and content of a page. */
export interface PageContent {
  readonly title: string;
  readonly head?: Html;
  readonly main: Html;
}

/** The view of a request. */
export function viewOf(request: DialectRequest, timeZone: string): PageView {
  const { prefix, path, search, principal } = request;
  return {
    mount: prefix,
    base: `${prefix}/${generationOf(request)}`,
    userName: principal.userName,
    address: `${prefix}${path}${search}`,
    timeZone,
  };
}

/** The whole page. */
export function pageText(view: PageView, { title, head, main }: PageContent): string {
  const { mount, base, userName } = view;
  const who = userName === null ? markup`<a href="${mount}/login">Sign in</a>` : markup`Signed in as ${userName}`;
  const body = markup`<a class="skip" href="#main">To the content</a>
<nav aria-label="Pages">
<a href="${base}"><strong>Self-serve</strong></a>
<a href="${base}/jobs">Jobs</a>
<a href="${mount}/pending">Pending</a>
<a href="${mount}/running">Running</a>
<span class="who">${who}</span>
</nav>
<main id="main">
${main}
</main>`;
  return documentOf({ title, ...(head && { head }), style: STYLE, body });
}

/** An object as indented JSON (contract buildapi section 2.2). */
export function jsonBlock(value: JsonValue): Html {
  return markup`<pre>${elementText(JSON.stringify(value, null, 2))}</pre>`;
}

/** An address below the base or the mount, each segment encoded. */
export function link(base: string, ...segments: readonly (string | number)[]): string {
  return [base, ...segments.map((segment) => encodeURIComponent(String(segment).toWellFormed()))].join('/');
}

const STYLE = `
body { max-width: 76rem; padding-top: 0; }
nav { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; align-items: baseline; margin-bottom: 2rem; padding: 0.9rem 0; border-bottom: 1px solid var(--line); }
.who { margin-left: auto; color: var(--muted); }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 1rem; padding: 0.5rem; background: var(--card); }
h1 { overflow-wrap: anywhere; }
h2 small { color: var(--muted); font-weight: 400; }
main > p { margin: 0.7rem 0; }
.muted, .empty { color: var(--muted); }
.bar { display: flex; flex-wrap: wrap; gap: 0.6rem 1.5rem; align-items: center; margin: 1.2rem 0; }
.bar a[aria-current] { color: inherit; font-weight: 600; text-decoration: none; }
form { display: inline-flex; flex-wrap: wrap; gap: 0.4rem; align-items: center; margin: 0; }
label { display: inline-flex; gap: 0.4rem; align-items: center; color: var(--muted); }
input, button { min-height: 2rem; padding: 0.15rem 0.6rem; border: 1px solid light-dark(#87919b, #66717c); border-radius: 6px; background: var(--card); color: var(--text); font: inherit; font-size: 0.9rem; }
input[type='number'] { width: 4.2rem; }
input:not([type='number']) { min-width: min(20rem, 60vw); }
button, label { white-space: nowrap; overflow-wrap: normal; }
button { cursor: pointer; }
button:hover { border-color: var(--link); color: var(--link); }
pre { overflow-x: auto; margin: 1rem 0; padding: 1rem 1.1rem; border: 1px solid var(--line); border-radius: 8px; background: var(--card); font: 0.9rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: 0.45rem 0.9rem 0.45rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: baseline; }
th { color: var(--muted); font-size: 0.85rem; font-weight: 500; }
td { overflow-wrap: break-word; }
td a code { white-space: nowrap; }
td.time, td.number { white-space: nowrap; font-variant-numeric: tabular-nums; }
td.actions { width: 1%; }
td.actions > div { display: flex; gap: 0.4rem; }
td.actions form { flex-wrap: nowrap; }
.state { display: inline-flex; gap: 0.4rem; align-items: baseline; }
.state::before { content: ''; flex: none; width: 0.6rem; height: 0.6rem; border-radius: 50%; background: var(--muted); }
.state.good::before { background: light-dark(#2a8a4a, #4cc274); }
.state.bad::before { background: light-dark(#c0392b, #f0776a); }
.state.busy::before { background: light-dark(#b07a00, #e6b54a); }
.columns { columns: 16rem; padding: 0; list-style: none; }
.columns li { padding: 0.15rem 0; }
@media (max-width: 60rem) {
  thead { position: absolute; left: -100rem; }
  table, tbody, tr, td { display: block; }
  tr { margin-bottom: 0.9rem; padding: 0.6rem 0.9rem; border: 1px solid var(--line); border-radius: 8px; background: var(--card); }
  td, td.actions { display: grid; grid-template-columns: 6.5rem 1fr; gap: 0 0.75rem; width: auto; padding: 0.2rem 0; border: 0; }
  td::before { content: attr(data-label); color: var(--muted); font-size: 0.85rem; }
  td { overflow-wrap: anywhere; }
  td.time, td.number { white-space: normal; }
  td.actions > div { flex-wrap: wrap; }
  td.actions form { flex-wrap: wrap; }
  button, input { min-height: 2.5rem; }
}
`;
