import { afterEach, expect, it } from 'vitest';
import { environment, preparedDatabase } from '../e2e/gateway-process.js';
import type { TestDatabase } from '../support/database.js';
import { counterOf, staleReads, type Watched } from '../support/freshness.js';
import { Gateways } from '../support/gateways.js';
import { HttpClient } from '../support/http.js';
import { SECRET } from '../support/secrets.js';

let database: TestDatabase;
let gateways: Gateways;
afterEach(async () => {
  await gateways.close();
  await database.drop();
});

/** A project of Rodan that is renamed through one gateway and read through both. */
async function watched(writer: HttpClient, readers: readonly HttpClient[], token: string): Promise<Watched> {
  const made = await writer.post('/rodan/projects/', body({ name: '0' }, token));
  const { uuid } = made.json as { uuid: string };
  const page = `/rodan/project/${uuid}/`;
  return {
    write: async (value) => {
      const { status, text } = await writer.patch(page, body({ name: `${value}` }, token));
      if (status !== 200) throw new Error(`The write was answered with ${status}: ${text}`);
    },
    reads: readers.flatMap((reader) => [
      async () => Number((await reader.get(page, { token })).json.name),
      async () => {
        const { results } = (await reader.get('/rodan/projects/', { token })).json;
        return Number(results.find((one: { uuid: string }) => one.uuid === uuid).name);
      },
    ]),
  };
}

function body(value: object, token: string) {
  return { token, headers: { 'Content-Type': 'application/json' }, body: value };
}

it(
  'No reader of two gateways sees an answer older than a write that was acknowledged before its request',
  { timeout: 120_000 },
  async () => {
    let token: string;
    ({ database, token } = await preparedDatabase());
    gateways = await Gateways.start(2, environment(database, { BUILDGATE_SECRET: SECRET, LOG_LEVEL: 'warn' }));
    const urls = [await gateways.url(0), await gateways.url(1)];
    const clients = urls.map((url) => new HttpClient(url));
    const records = await Promise.all([0, 1, 0, 1].map((writer) => watched(clients[writer]!, clients, token)));
    expect(await staleReads(records, { writes: 40, readsBetween: 20 })).toEqual([]);
    for (const url of urls) expect(await counterOf(url, 'buildgate_answer_cache_hits_total')).toBeGreaterThan(0);
  },
);
