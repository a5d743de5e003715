// Measures `buildgate import` against plain prepared inserts of the same rows into the same tables, in one run:
// node test/bench/import.ts [--system kernelci] [--small] [--data FILE] [--keep DIRECTORY] [--postgresql URL]
// Imports the compiled program: build it first. The PostgreSQL database must be migrated and empty; it is only timed.
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DATA_SETS, emptyDatabase, measureImport, measureInserts } from './importing.ts';
import { runProgram } from './processes.ts';

const { values } = parseArgs({
  options: {
    system: { type: 'string', default: 'freshmaker' },
    small: { type: 'boolean', default: false },
    data: { type: 'string' },
    keep: { type: 'string' },
    postgresql: { type: 'string' },
  },
});
const { system } = values;
const dataSet = DATA_SETS[system];
if (!dataSet) throw new Error(`--system: one of ${Object.keys(DATA_SETS).join(', ')}.`);
const size = dataSet.sizes[values.small ? 1 : 0];
const folder = values.keep ?? mkdtempSync(join(tmpdir(), 'buildgate-bench-'));
const data = values.data ?? join(folder, `${system}${values.small ? '-small' : ''}.json`);
const [imported, plain] = [join(folder, 'imported.db'), join(folder, 'plain.db')];
try {
  if (!existsSync(data)) await runProgram([join(import.meta.dirname, dataSet.generator), ...size, '--out', data]);
  for (const path of [imported, plain]) await emptyDatabase(path);
  const sqlite = await measureImport(system, `sqlite:${imported}`, data);
  const again = await measureImport(system, `sqlite:${imported}`, data);
  const inserts = measureInserts(dataSet.tables, imported, plain);
  const postgresql = values.postgresql === undefined ? null : await measureImport(system, values.postgresql, data);
  const report = {
    rows: inserts.rows,
    fileMiB: Math.round(statSync(data).size / 2 ** 20),
    plainInsertsPerSecond: Math.round(inserts.rows / inserts.seconds),
    importPerSecond: Math.round(inserts.rows / sqlite.seconds),
    ratioToPlainInserts: Number((inserts.seconds / sqlite.seconds).toFixed(2)),
    importPeakMiB: sqlite.memory,
    importAgainPerSecond: Math.round(inserts.rows / again.seconds),
    importAgainPeakMiB: again.memory,
    ...(postgresql && {
      postgresqlPerSecond: Math.round(inserts.rows / postgresql.seconds),
      postgresqlPeakMiB: postgresql.memory,
    }),
  };
  console.table(report);
  console.log(JSON.stringify(report));
} finally {
  if (values.keep === undefined) rmSync(folder, { recursive: true, force: true });
}
