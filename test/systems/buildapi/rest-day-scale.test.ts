import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../support/server.js';

/** A busy day and a quiet one: how many statements a list takes must not depend on how long it is. */

const BUSY = Date.UTC(2015, 5, 1, 19) / 1000;
const QUIET = Date.UTC(2015, 5, 3, 19) / 1000;
const BUILDS = 20_000;

let server: TestServer;
let statements = 0;

function attempt(id: number, starttime: number): { request: object; build: object } {
  const common = {
    buildername: `try builder ${id % 300}`,
    branch: 'try',
    revision: String(id % 500).padStart(40, '0'),
  };
  const request = { request_id: id, ...common, submittime: starttime - 60, complete: 1, complete_at: starttime + 600 };
  const claim = { claimed_at: starttime - 5, results: 0, claimed_by_name: 'm1:/b', claimed_by_incarnation: 'p1' };
  return {
    request: { ...request, ...claim },
    build: { build_id: id, request_id: id, buildnumber: id, starttime, endtime: starttime + 590 },
  };
}

beforeAll(async () => {
  const rows = Array.from({ length: BUILDS }, (_, index) => attempt(index + 1, BUSY + (index % 3600)));
  rows.push(attempt(BUILDS + 1, QUIET));
  server = await startTestServer({
    import: {
      buildapi: {
        branches: [{ name: 'try', repo: 'https://hg.example.org/try' }],
        requests: rows.map(({ request }) => request),
        builds: rows.map(({ build }) => build),
      },
    },
    onStatement: () => {
      statements += 1;
    },
  });
});
afterAll(() => server.close());

async function day(date: string): Promise<{ length: number; statements: number }> {
  statements = 0;
  const response = await fetch(`${server.url}/buildapi/self-serve/try?date=${date}&format=json`);
  expect(response.status).toBe(200);
  const { length } = (await response.json()) as unknown[];
  return { length, statements };
}

it('a day with 20,000 builds takes as many statements as a day with one', async () => {
  const quiet = await day('2015-06-03');
  const busy = await day('2015-06-01');
  expect([quiet.length, busy.length]).toEqual([1, BUILDS]);
  expect(busy.statements).toBe(quiet.statements);
  expect(quiet.statements).toBeLessThanOrEqual(8);
});
