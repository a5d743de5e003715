/** Markup that needs no further escaping. Only this module makes it. */
export class Html {
  /** @param text that is escaped already, or ours */
  constructor(readonly text: string) {}
}

/** What may stand in a template: text is escaped, markup is not, a list is its items, `null` and `false` are nothing. */
export type HtmlValue = Html | string | number | null | undefined | false | readonly HtmlValue[];

/**
 * Markup as a template literal. Every value is escaped for text and for quoted attributes, unless it is markup itself;
 * so a value cannot become markup by being forgotten.
 */
export function markup(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return new Html(strings.reduce((before, string, index) => before + rendered(values[index - 1]) + string));
}

function rendered(value: HtmlValue): string {
  if (value instanceof Html) return value.text;
  if (value === null || value === undefined || value === false) return '';
  return typeof value === 'object' ? value.map(rendered).join('') : escapeHtml(String(value));
}

/** Text between tags, where an apostrophe needs no escape and stays readable to programs that look for the text. */
export function elementText(text: string): Html {
  return new Html(escapeHtml(text).replaceAll('&#39;', "'"));
}

/** Text in which words between grave accents are code, as in the descriptions of the OpenAPI documents. */
export function prose(text: string): Html {
  return markup`${text.split('`').map((part, index) => (index % 2 === 0 ? part : markup`<code>${part}</code>`))}`;
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

/** A whole page. */
export interface Page {
  readonly title: string;
  /** Markup for the head besides title and style. */
  readonly head?: Html;
  /** Rules besides those that all pages share; written by us, with nothing of a client in it. */
  readonly style?: string;
  readonly body: Html;
}

/** The document of a page, as text. To be sent as `text/html; charset=utf-8` with a policy for its security. */
export function documentOf({ title, head, style = '', body }: Page): string {
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${head}<title>${title}</title>
<style>${new Html(BASE_STYLE + style)}</style>
</head>
<body>
${body}
</body>
</html>
`.text;
}

const BASE_STYLE = `
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
:focus-visible { outline: 2px solid var(--link); outline-offset: 3px; border-radius: 2px; }
code { font: 0.9em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.links { border-top: 1px solid var(--line); }
.links > div { display: grid; grid-template-columns: 9rem 1fr; gap: 0 1rem; padding: 0.55rem 0; border-bottom: 1px solid var(--line); }
.links dt { font-weight: 500; }
.links dd { color: var(--muted); }
@media (max-width: 34rem) { .links > div { grid-template-columns: 1fr; } }
`;
