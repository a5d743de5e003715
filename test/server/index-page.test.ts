import { describe, expect, it } from 'vitest';
import { indexPage } from '../../src/server/index-page.js';

const freshmaker = {
  name: 'freshmaker',
  title: 'Freshmaker',
  prefix: '/freshmaker',
  host: 'freshmaker.localhost',
  exampleUri: '/api/1/events/',
};

describe('the index page', () => {
  it('shows prefix, virtual host and an example of each dialect', () => {
    const page = indexPage({ version: '1.2.3', dialects: [freshmaker] });
    expect(page).toContain('<h3 id="dialect-freshmaker">Freshmaker</h3>');
    expect(page).toContain('<code>/freshmaker</code>');
    expect(page).toContain('<code>freshmaker.localhost</code>');
    expect(page).toContain('<a href="/freshmaker/api/1/events/"><code>/freshmaker/api/1/events/</code></a>');
    expect(page).toContain(
      '<a href="/reference/freshmaker">All URIs</a>, <a href="/openapi/freshmaker.json">OpenAPI 3.1</a>',
    );
    expect(page).toContain('<small>1.2.3</small>');
  });

  it('escapes every value', () => {
    const hostile = `<script>"'&`;
    const values = { name: hostile, title: hostile, prefix: hostile, host: hostile, exampleUri: hostile };
    const page = indexPage({ version: hostile, dialects: [values] });
    expect(page).not.toContain('<script');
    expect(page).not.toContain(`"'`);
    expect(page.split('&lt;script&gt;&quot;&#39;&amp;')).toHaveLength(1 + 1 + 2 + 1 + 1 + 1 + 4 + 2);
  });
});
