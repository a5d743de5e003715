import { Readable } from 'node:stream';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BuildgateError } from '../../src/core/errors.js';
import { ByteSource } from '../../src/core/import/byte-source.js';
import { runImport } from '../../src/core/import/run.js';
import { gatewayEntities } from '../../src/app.js';
import { Store } from '../../src/core/store/store.js';
import { raw } from '../../src/core/store/sql.js';
import { SYSTEMS } from '../../src/systems/index.js';
import type { SystemDefinition } from '../../src/systems/system.js';
import type { Random } from '../bench/random.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { exampleRecords } from '../support/examples.js';
import { SECRETS } from '../support/secrets.js';
import { campaign, SEED } from './campaign.js';
import { showsInternals } from './rules.js';
import { jsonText, mutated, spoiledBytes } from './values.js';

/** Of all requests together, how many files of each system are imported. */
const SHARE = 0.008;

let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  database = await testDatabase();
  store = await Store.open({ database: database.config, entities: gatewayEntities() });
});
afterAll(async () => {
  await store.close();
  await database.drop();
});

/** What a file of wrong records must not change. */
async function stored(): Promise<unknown> {
  const tables = [
    'event',
    'build',
    'job',
    'project',
    'member',
    'record_key',
    'state_count',
    'change_log',
    'outbox_message',
  ];
  const counts = tables.map((table) => `(SELECT count(*) FROM ${table}) AS ${table}`);
  return store.reader.all(raw(`SELECT ${counts.join(', ')}`));
}

async function imported(system: SystemDefinition, bytes: Buffer): Promise<string | undefined> {
  const before = await stored();
  const source = ByteSource.stream(Readable.from([bytes]));
  try {
    await runImport({ database: database.config, secrets: SECRETS }, system.import, source);
    return undefined;
  } catch (error) {
    if (!(error instanceof BuildgateError)) return `fails with no refusal: ${String(error)} ${(error as Error).stack}`;
    if (showsInternals(error.message)) return `internals in the refusal: ${error.message}`;
    // What is said begins with where it is: an array and an index, a byte, an array as a whole, or all of them.
    if (!/^(?:[\w.]+\[\d+\]|byte \d+|\w+: |\w+ "|there is none of )/.test(error.message))
      return `names no place: ${error.message}`;
    return isDeepStrictEqual(await stored(), before) ? undefined : `half of it is stored: ${error.message}`;
  }
}

describe(`Files of wrong records, made of seed ${SEED}`, () => {
  it.each(SYSTEMS.map((system) => [system.title, system] as const))(
    '%s: each is taken or refused with the place of the fault, and what is refused leaves nothing',
    async (title, system) => {
      const records = exampleRecords()[system.name]!;
      const file = (random: Random): Buffer => spoiledBytes(jsonText(mutated(records, random), random), random);
      let waiting: Promise<unknown> = Promise.resolve();
      const findings = await campaign(title, SHARE, (random) => {
        // One at a time: what is stored is compared.
        const result = waiting.then(() => imported(system, file(random)));
        waiting = result.catch(() => undefined);
        return result;
      });
      expect(findings).toEqual([]);
    },
    // As long as the files of a long run take where everything else is slow.
    7_200_000,
  );
});
