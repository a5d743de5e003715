import { readFileSync } from 'node:fs';
import { OpenAPIClientAxios } from 'openapi-client-axios';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/server.js';

const samples = (name: string): object =>
  JSON.parse(readFileSync(new URL(`../../examples/${name}.json`, import.meta.url), 'utf8')) as object;

let server: TestServer;
beforeAll(async () => {
  const systems = ['freshmaker', 'kernelci'];
  server = await startTestServer({ import: Object.fromEntries(systems.map((name) => [name, samples(name)])) });
});
afterAll(() => server.close());

/** A client made of nothing but the served document. */
function clientOf(path: string, authorization?: string) {
  const headers = authorization === undefined ? {} : { Authorization: authorization };
  return new OpenAPIClientAxios({
    definition: server.url + path,
    // Lists as OpenAPI has them unless told: the name once for each value.
    axiosConfigDefaults: { headers, paramsSerializer: { indexes: null }, validateStatus: () => true },
  }).init();
}

it('A client that is generated from the document of Freshmaker reads and, with a token, cancels an event', async () => {
  const anonymous = await clientOf('/freshmaker/openapi.json');
  const read = await anonymous['getApiVersionEventsById']!({ version: '2', id: '214' });
  expect([read.status, read.data.state_name, read.data.builds_summary]).toEqual([
    200,
    'INITIALIZED',
    { PLANNED: 1, total: 1 },
  ]);
  const event = { version: '1', id: '214' };
  expect((await anonymous['patchApiVersionEventsById']!(event, { action: 'cancel' })).status).toBe(401);

  const token = await server.token('jdoe', { roles: ['freshmaker/manual_rebuilder'] });
  const client = await clientOf('/openapi/freshmaker.json', `Bearer ${token}`);
  const { status, data } = await client['patchApiVersionEventsById']!(event, { action: 'cancel' });
  expect([status, data.state_name, data.builds[0].state_name]).toEqual([200, 'CANCELED', 'CANCELED']);
  const { data: page } = await client['getApiVersionEvents']!({ version: '2', state: ['CANCELED', 'FAILED'] });
  expect(page.items.map(({ id }: { id: number }) => id)).toEqual([214]);
});

it('A client that is generated from the document of Kernel CI sets the state of a job', async () => {
  const client = await clientOf('/kernelci/openapi.json', await server.token('boss', { admin: true }));
  const job = { job: 'next', kernel: 'next-20150116', git_branch: 'master' };
  const { status, data } = await client['postJob']!(undefined, { ...job, status: 'FAIL' });
  expect([status, data.code]).toEqual([200, 200]);
  const { data: found } = await client['getJob']!({ job: ['next'], kernel: ['next-20150116'], field: ['status'] });
  expect(found.result).toMatchObject([{ status: 'FAIL' }]);
});
