import { describe, expect, it } from 'vitest';
import { documentOf, elementText, markup, prose } from '../../src/server/html.js';

const hostile = `</td><script>alert('1')</script>" onload="x & y`;
const escaped = `&lt;/td&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&quot; onload=&quot;x &amp; y`;

describe('markup', () => {
  it('escapes every value, in text and in attributes', () => {
    expect(markup`<a title="${hostile}">${hostile}</a>`.text).toBe(`<a title="${escaped}">${escaped}</a>`);
  });

  it('takes markup as it is, lists as their items, and nothing for null, undefined and false', () => {
    const items = ['<', 2].map((item) => markup`<li>${item}</li>`);
    expect(markup`<ul>${items}${null}${undefined}${false}${[['&'], 0]}</ul>`.text).toBe(
      '<ul><li>&lt;</li><li>2</li>&amp;0</ul>',
    );
  });

  it('keeps the apostrophes of text between tags', () => {
    expect(markup`<pre>${elementText(`<a> "it's" &`)}</pre>`.text).toBe(`<pre>&lt;a&gt; &quot;it's&quot; &amp;</pre>`);
  });

  it('shows words between grave accents as code', () => {
    expect(prose('Nothing but `<cancel>` & `redo`').text).toBe(
      'Nothing but <code>&lt;cancel&gt;</code> &amp; <code>redo</code>',
    );
  });

  it('does not take an object that looks like markup for it', () => {
    const lookalike = { text: '<b>' } as unknown as string;
    expect(() => markup`${lookalike}`).toThrow(TypeError);
  });

  it('makes a document with an escaped title', () => {
    const page = documentOf({ title: '<Try>', style: '.x { color: red }', body: markup`<p>${'&'}</p>` });
    expect(page).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(page).toContain('<title>&lt;Try&gt;</title>');
    expect(page).toContain('.x { color: red }</style>');
    expect(page).toContain('<body>\n<p>&amp;</p>\n</body>');
  });
});
