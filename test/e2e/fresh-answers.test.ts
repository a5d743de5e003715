import { afterEach, expect, it } from 'vitest';
import { openStore } from '../../src/app.js';
import { loadConfig } from '../../src/config.js';
import { UNRESTRICTED } from '../../src/core/auth/principal.js';
import { sql } from '../../src/core/store/sql.js';
import type { Store } from '../../src/core/store/store.js';
import type { TestDatabase } from '../support/database.js';
import { counterOf, staleReads, type Watched } from '../support/freshness.js';
import { HttpClient } from '../support/http.js';
import { SECRET } from '../support/secrets.js';
import { environment, GatewayProcess, preparedDatabase } from './gateway-process.js';

let database: TestDatabase;
let gateway: GatewayProcess;
let store: Store;
afterEach(async () => {
  await store.close();
  await gateway.stop();
  await database.drop();
});

interface Project {
  readonly name: string;
  readonly links: readonly { readonly href: string }[];
}

/** A project of Devmason that this process renames past the gateway, seen by its own page and in the list. */
function watched(slug: string, http: HttpClient): Watched {
  const numberIn = ({ name }: Project): number => Number(name.slice(1));
  return {
    write: (value) =>
      store.transact(UNRESTRICTED, async (transaction) => {
        await transaction.all(sql`UPDATE project SET name = ${`n${value}`} WHERE legacy_id = ${slug}`);
      }),
    reads: [
      async () => numberIn((await http.get(`/devmason/${slug}`)).json),
      async () => {
        const { projects } = (await http.get('/devmason/')).json as { projects: Project[] };
        return numberIn(projects.find(({ links }) => links[0]!.href.endsWith(`/${slug}`))!);
      },
    ],
  };
}

it(
  'No reader sees an answer older than what another process has committed before its request',
  { timeout: 60_000 },
  async () => {
    let token: string;
    ({ database, token } = await preparedDatabase());
    const env = environment(database, { BUILDGATE_SECRET: SECRET, LOG_LEVEL: 'warn' });
    gateway = await GatewayProcess.start(env);
    store = await openStore(loadConfig(env));
    const http = new HttpClient(gateway.url);
    for (const slug of ['one', 'two']) {
      const made = await http.send('PUT', `/devmason/${slug}`, {
        token,
        headers: { 'Content-Type': 'application/json' },
        body: { name: 'n0' },
      });
      expect(made.status).toBe(201);
    }
    const records = ['one', 'two'].map((slug) => watched(slug, http));
    expect(await staleReads(records, { writes: 30, readsBetween: 12 })).toEqual([]);
    expect(await counterOf(gateway.url, 'buildgate_answer_cache_hits_total')).toBeGreaterThan(0);
  },
);
