import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Audit, type AuditResult, serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/server.js';

const REPORTS = fileURLToPath(new URL('../../reports/', import.meta.url));

/**
 * What the specification allows and this gateway does not do: a GET with nothing but a query, which any web page can have a
 * browser send with the user's credentials. With a header that pages cannot set it is answered.
 */
const GUARDED = ['5A70', '6A70', 'D6D5'];

let server: TestServer;
const results = new Map<string, AuditResult>();

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(async () => {
  await server.close();
  report();
});

const graphqlUrl = (): string => `${server.url}/graphql`;
const titled = (audit: Audit) => [`${audit.id} ${audit.name}`, audit] as const;
const audits = serverAudits({ url: graphqlUrl });
const required = audits.filter(({ name }) => !name.startsWith('MAY'));
const allowed = audits.filter(({ name }) => name.startsWith('MAY'));

/** Why a server does not do it; null when it does. */
async function outcomeOf({ id, fn }: Audit): Promise<string | null> {
  const result = await fn();
  results.set(id, result);
  return result.status === 'ok' ? null : `${result.status}: ${result.reason}`;
}

/** Leaves what came out among the build output, and shows it. */
function report(): void {
  const rows = audits.flatMap(({ id, name }) => {
    const result = results.get(id);
    return result
      ? [{ id, name, status: result.status, ...(result.status !== 'ok' && { reason: result.reason }) }]
      : [];
  });
  mkdirSync(REPORTS, { recursive: true });
  writeFileSync(`${REPORTS}graphql-http.json`, `${JSON.stringify(rows, null, 2)}\n`);
  process.stdout.write(rows.map(({ id, name, status }) => `${status.padEnd(6)} ${id}  ${name}\n`).join(''));
}

describe('a server as the GraphQL over HTTP specification wants it', () => {
  it.each(required.map(titled))('%s', async (_title, audit) => {
    expect(await outcomeOf(audit)).toBeNull();
  });

  it.each(allowed.filter(({ id }) => !GUARDED.includes(id)).map(titled))('%s', async (_title, audit) => {
    expect(await outcomeOf(audit)).toBeNull();
  });

  it.each(allowed.filter(({ id }) => GUARDED.includes(id)).map(titled))(
    'takes no GET from any web page, which it %s',
    async (_title, audit) => {
      expect(await outcomeOf(audit)).toBe('notice: Response status code is not 200');
    },
  );

  const preflighted = (url: string, { headers, ...init }: RequestInit = {}) =>
    fetch(url, { ...init, headers: { ...(headers as Record<string, string>), 'Apollo-Require-Preflight': 'true' } });

  it.each(
    serverAudits({ url: graphqlUrl, fetchFn: preflighted })
      .filter(({ id }) => GUARDED.includes(id))
      .map(titled),
  )('%s, with a header that needs a preflight', async (_title, { fn }) => {
    expect(await fn()).toMatchObject({ status: 'ok' });
  });
});
