import { elementText, type Html, markup } from '../../../../server/html.js';
import { jsonBlock, link, type PageContent, type PageView } from './layout.js';
import type { JsonValue } from '../represent.js';

/** A line of the documentation. */
export interface DocumentedRoute {
  readonly method: string;
  /** Below the mount: `/self-serve/{branch}`. */
  readonly uri: string;
  readonly summary: string;
}

/** The page of a generation: what the interface is, and where (contract buildapi section 8). */
export function generationPage(
  view: PageView,
  branches: readonly string[],
  routes: readonly DocumentedRoute[],
): PageContent {
  return {
    title: 'RelEng Self-Serve API',
    main: markup`<h1>RelEng Self-Serve API</h1>
<p>Look up builds, cancel them, build again, change priorities. Changes are <a href="${view.base}/jobs">jobs</a>: logged at once, carried out a little later.</p>
${branchList(view, branches)}
<section aria-labelledby="addresses">
<h2 id="addresses">Addresses</h2>
<p>JSON: <code>?format=json</code> or <code>Accept: application/json</code>. Where only POST can be sent, a field <code>_method</code> names the method. Writing needs a user name and, as password, an API token.</p>
<dl class="links">
${routes.map(routeItem)}</dl>
</section>`,
  };
}

function routeItem({ method, uri, summary }: DocumentedRoute): Html {
  return markup`<div><dt>${method}</dt><dd><code>${uri}</code><br>${summary}</dd></div>\n`;
}

function branchList(view: PageView, branches: readonly string[]): Html {
  const items = branches.map((name) => markup`<li><a href="${link(view.base, name)}">${name}</a></li>\n`);
  return markup`<section aria-labelledby="branches">
<h2 id="branches">Branches</h2>
${items.length === 0 ? markup`<p class="empty">None.</p>` : markup`<ul class="columns">\n${items}</ul>`}
</section>`;
}

/** The dashboard at the mount. */
export function dashboardPage(view: PageView, branches: readonly string[]): PageContent {
  const { mount, base } = view;
  const entry = (address: string, text: string, what: string) =>
    markup`<div><dt><a href="${mount}${address}">${text}</a></dt><dd>${what}</dd></div>\n`;
  return {
    title: 'Build API',
    main: markup`<h1>Build API</h1>
<dl class="links">
<div><dt><a href="${base}">Self-serve</a></dt><dd>Cancel, rebuild and reprioritize; the documentation.</dd></div>
${entry('/pending', 'Pending', 'Requests that wait for a machine.')}${entry('/running', 'Running', 'Builds that run now.')}${entry('/recent', 'Recent', 'Builds that ended last.')}${entry('/pushes', 'Pushes', 'Revisions per author.')}</dl>
${branchList(view, branches)}`,
  };
}

/** An object without a page of its own. */
export function objectPage(title: string, value: JsonValue): PageContent {
  return {
    title,
    main: markup`<h1>${title}</h1>
${jsonBlock(value)}`,
  };
}

/** What went wrong; with a way to sign in where that helps. */
export function failurePage(view: PageView, status: number, message: string): PageContent {
  const signIn = status === 403 && view.userName === null;
  return {
    title: message,
    main: markup`<h1>${status}</h1>
<p>${elementText(message)}</p>
${signIn && markup`<p><a href="${view.mount}/login">Sign in</a>, then try again.</p>`}`,
  };
}
