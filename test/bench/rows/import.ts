import { deepStrictEqual } from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import type { Row } from '../bench.ts';
import { sqlRunner } from '../data.ts';
import { DATA_SETS, emptyDatabase, measureImport, measureInserts } from '../importing.ts';
import { runProgram } from '../processes.ts';

const { generator, tables } = DATA_SETS.freshmaker!;
/** A tenth of the records that other rows read: inserts cost the same in a larger data set. */
const PART = 10;

/** Number of rows of each table. */
async function rowsOf(path: string): Promise<number[]> {
  const { run, close } = await sqlRunner(`sqlite:${path}`);
  const counts: number[] = [];
  for (const table of tables)
    counts.push((await run<{ rows: number }>(`SELECT count(*) AS rows FROM ${table}`))[0]!.rows);
  await close();
  return counts;
}

/** `buildgate import`, from the start of the process to its end. */
export const IMPORT_ROW: Row = {
  name: 'import',
  work: 'import of Freshmaker records, SQLite',
  reference: 'prepared inserts of the same rows in one transaction',
  unit: 'rows',
  ratio: 'speed',
  goal: { floor: 0.4, aim: 0.7 },
  prepare: async ({ data }) => {
    const [imported, plain, source] = ['imported.db', 'plain.db', 'import.json'].map((name) => data.file(name));
    const { events, builds } = data.size(PART);
    const script = fileURLToPath(new URL(`../${generator}`, import.meta.url));
    await runProgram([script, '--events', String(events), '--builds', String(builds), '--out', source!]);
    const importAll = async (): Promise<number> => {
      await emptyDatabase(imported!);
      return (await measureImport('freshmaker', `sqlite:${imported}`, source!)).seconds;
    };
    const insertAll = async (): Promise<{ rows: number; seconds: number }> => {
      await emptyDatabase(plain!);
      return measureInserts(tables, imported!, plain!);
    };
    await importAll();
    const { rows } = await insertAll();
    deepStrictEqual(await rowsOf(plain!), await rowsOf(imported!));
    return {
      ours: async () => ({ rate: rows / (await importAll()), cpuMs: null }),
      reference: async () => ({ rate: rows / (await insertAll()).seconds, cpuMs: null }),
    };
  },
};
