// Measures how many state changes a second the gateway's verb stores, with log, counters and outbox row, against prepared
// statements in the same transaction shape on the same database, in rounds that take turns:
// node test/bench/state-changes.ts DATABASE_URL [--rounds 5] [--seconds 2] [--writers 16]
// Measures the compiled program: build it first. The database must be migrated and have builds of Freshmaker; their states
// are changed, so give it a copy.
import { parseArgs } from 'node:util';
import type * as App from '../../src/app.js';
import type * as PrincipalModule from '../../src/core/auth/principal.js';
import type * as SqlModule from '../../src/core/store/sql.js';
import type * as StoreModule from '../../src/core/store/store.js';
import type * as Metrics from '../../src/systems/freshmaker/metrics.js';
import type * as TransitionsModule from '../../src/systems/freshmaker/transitions.js';
import { preparedWriter, type ChangeState } from './prepared-writer.ts';

const { gatewayEntities } = (await compiled('app.js')) as typeof App;
const { UNRESTRICTED } = (await compiled('core/auth/principal.js')) as typeof PrincipalModule;
const { sql } = (await compiled('core/store/sql.js')) as typeof SqlModule;
const { Store } = (await compiled('core/store/store.js')) as typeof StoreModule;
const { freshmakerMetrics } = (await compiled('systems/freshmaker/metrics.js')) as typeof Metrics;
const { Transitions } = (await compiled('systems/freshmaker/transitions.js')) as typeof TransitionsModule;

/** States of builds: Freshmaker's BUILD and DONE. */
const [RUNNING, SUCCEEDED] = [2, 3];
/** Divisible by usual numbers of writers, so that no two change one record at a time. */
const RECORDS = 4_096;

/** What is measured is the compiled program, which has no types of its own. */
function compiled(path: string): Promise<unknown> {
  return import(new URL(`../../dist/${path}`, import.meta.url).href);
}

/** Changes states for some time, by writers that each wait for their last change; gives changes per second and CPU ms per change. */
async function round(
  change: ChangeState,
  records: readonly { readonly id: number; to: number }[],
  writers: number,
  seconds: number,
): Promise<{ perSecond: number; cpuMs: number }> {
  const [start, cpu] = [performance.now(), process.cpuUsage()];
  const end = start + seconds * 1000;
  let done = 0;
  const write = async (writer: number): Promise<void> => {
    for (let index = writer; performance.now() < end; index += writers) {
      const record = records[index % records.length] as { readonly id: number; to: number };
      record.to = record.to === RUNNING ? SUCCEEDED : RUNNING;
      await change(record.id, record.to);
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
  const { user, system } = process.cpuUsage(cpu);
  return { perSecond: (done / (performance.now() - start)) * 1000, cpuMs: (user + system) / 1000 / done };
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    writers: { type: 'string', default: '16' },
  },
});
const [url = ''] = positionals;
const database = url.startsWith('sqlite:')
  ? ({ kind: 'sqlite', path: url.slice('sqlite:'.length) } as const)
  : ({ kind: 'postgresql', url } as const);
const store = await Store.open({ database, entities: gatewayEntities() });
const transitions = new Transitions({ topicPrefix: 'bench', mountPrefix: '/freshmaker', metrics: freshmakerMetrics() });
const verb: ChangeState = (id, to) =>
  store.transact(UNRESTRICTED, (transaction) => transitions.build(transaction, id, { to, reason: 'Measured.' }));
const reference = preparedWriter(database);
try {
  const records = await store.reader.all<{ id: number; to: number }>(
    sql`SELECT id AS "id", state AS "to" FROM build WHERE system = 1 AND freshmaker_depends_on_id IS NULL ORDER BY id LIMIT ${RECORDS}`,
  );
  const [writers, seconds] = [Number(values.writers), Number(values.seconds)];
  const ratios: number[] = [];
  const figures: Record<string, number>[] = [];
  for (let count = 0; count <= Number(values.rounds); count++) {
    const plain = await round(reference.change, records, writers, seconds);
    const gateway = await round(verb, records, writers, seconds);
    await reference.tidy();
    // The first round warms up.
    if (count === 0) continue;
    ratios.push(gateway.perSecond / plain.perSecond);
    figures.push({
      prepared: Math.round(plain.perSecond),
      preparedCpuMs: Number(plain.cpuMs.toFixed(3)),
      verb: Math.round(gateway.perSecond),
      verbCpuMs: Number(gateway.cpuMs.toFixed(3)),
      ratio: Number((gateway.perSecond / plain.perSecond).toFixed(3)),
    });
  }
  console.table(figures);
  console.log(JSON.stringify({ database: database.kind, writers, ratio: Number(median(ratios).toFixed(3)), figures }));
} finally {
  await reference.close();
  await store.close();
}
