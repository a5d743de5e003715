import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { untilGivenAgain } from '../../support/freshness.js';
import { HttpClient, type Reply } from '../../support/http.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import { route, startToyServer, text, toyDialect } from '../toy-dialect.js';

const ENTRIES = [
  { system: 'buildapi', route: '*', deprecation: '2026-01-01', sunset: '2030-01-01', link: 'https://example.org/bye' },
  { system: 'freshmaker', route: '/api/{version}/event-types/*', sunset: '2030-01-01' },
];
const SUNSET = 'Tue, 01 Jan 2030 00:00:00 GMT';

let folder: string;
let server: TestServer;
let http: HttpClient;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'notices-'));
  const file = join(folder, 'deprecations.json');
  writeFileSync(file, JSON.stringify(ENTRIES));
  server = await startTestServer({ env: { BUILDGATE_DEPRECATIONS: file } });
  http = new HttpClient(server.url);
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

/** What an answer says of the end of its route. */
function notices({ headers }: Reply): Readonly<Record<string, unknown>> {
  const links = (headers['link'] ?? '').toString().split(', ');
  return {
    deprecation: headers['deprecation'],
    sunset: headers['sunset'],
    links: links.filter((link) => link.includes('example.org')),
  };
}

const NOTHING = { deprecation: undefined, sunset: undefined, links: [] };
const OF_BUILDAPI = {
  deprecation: '@1767225600',
  sunset: SUNSET,
  links: ['<https://example.org/bye>; rel="deprecation"', '<https://example.org/bye>; rel="sunset"'],
};

describe('An answer of a route that has been announced to end', () => {
  it('says so, whatever its status and the way it was reached', async () => {
    const path = '/api/1/event-types/';
    const expected = { ...NOTHING, sunset: SUNSET };
    const token = await server.token('nobody');
    const replies = {
      200: await http.get(`/freshmaker${path}`),
      host: await http.get(path, { host: 'freshmaker.localhost' }),
      404: await http.get(`/freshmaker${path}999`),
      405: await http.post(`/freshmaker${path}`, { token }),
      head: await http.head(`/freshmaker${path}`),
    };
    expect([replies[404].status, replies[405].status]).toEqual([404, 405]);
    for (const reply of Object.values(replies)) expect(notices(reply)).toEqual(expected);
  });

  it('says so to whom it refuses before it looks at the method', async () => {
    const refused = await http.get('/buildapi/self-serve/branches', { token: 'wrong' });
    expect(refused.status).toBe(401);
    expect(notices(refused)).toEqual(OF_BUILDAPI);
  });

  it('says so when it is given again and when the client has it already', async () => {
    const path = '/buildapi/self-serve/branches';
    const first = await http.get(path);
    expect(notices(first)).toEqual(OF_BUILDAPI);
    const replies = await untilGivenAgain(server, () => http.get(path));
    for (const reply of replies) expect(notices(reply)).toEqual(OF_BUILDAPI);
    const known = await http.get(path, { headers: { 'If-None-Match': first.headers.etag! } });
    expect(known.status).toBe(304);
    expect(notices(known)).toEqual(OF_BUILDAPI);
  });

  it('is the only one that does', async () => {
    for (const path of ['/freshmaker/api/1/builds/', '/freshmaker/nowhere', '/kernelci/version', '/healthz'])
      expect(notices(await http.get(path))).toEqual(NOTHING);
  });
});

it('A link that an answer has already stays beside those to its end', async () => {
  const linked = route('GET', '/linked', {
    handle: () => ({ ...text('here'), headers: { Link: '</next>; rel="next"' } }),
  });
  const toy = await startToyServer({
    dialects: [{ ...toyDialect, routes: [linked] }],
    hosts: {},
    noticesOf: () => [['Link', '<https://example.org/bye>; rel="sunset"']],
  });
  const { headers } = await toy.http.get('/toy/linked');
  expect(headers['link']).toBe('<https://example.org/bye>; rel="sunset", </next>; rel="next"');
  await toy.close();
});

it('A gateway does not start with a file at fault, and says where', async () => {
  const file = join(folder, 'fault.json');
  writeFileSync(file, JSON.stringify([{ system: 'rodan', route: '*', sunset: 'soon' }]));
  await expect(startTestServer({ env: { BUILDGATE_DEPRECATIONS: file } })).rejects.toThrow(
    `BUILDGATE_DEPRECATIONS: ${file}: [0].sunset: "soon" is no date such as 2027-06-30 or 2027-06-30T12:00:00Z.`,
  );
});
