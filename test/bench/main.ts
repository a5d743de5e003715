// Prints the table of ratios that docs/performance.md explains: `npm run bench -- [--only NAME,NAME] [--rounds 5]
// [--seconds 3] [--data FILE.db] [--tenth FILE.db] [--postgresql URL] [--subscribers 10000] [--json FILE] [--short]`.
// The gateway is the compiled program. Fails when a row cannot run or answers differ, never because of a ratio.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Row } from './bench.ts';
import { Data } from './data.ts';
import { ROWS } from './rows/index.ts';
import { summarize, tableText, type Result, type Round } from './table.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    subscribers: { type: 'string' },
    data: { type: 'string' },
    tenth: { type: 'string' },
    postgresql: { type: 'string' },
    json: { type: 'string' },
    short: { type: 'boolean', default: false },
  },
});
const { short } = values;
const rounds = Number(values.rounds ?? (short ? 1 : 5));
const seconds = Number(values.seconds ?? (short ? 0.2 : 3));
const subscribers = Number(values.subscribers ?? (short ? 50 : 10_000));
const data = new Data({ file: values.data, tenthFile: values.tenth, postgresqlUrl: values.postgresql, short });

function chosen(): readonly Row[] {
  if (values.only === undefined) return ROWS;
  return values.only.split(',').map((name) => {
    const row = ROWS.find((known) => known.name === name);
    if (!row) throw new Error(`--only: one or more of ${ROWS.map((known) => known.name).join(',')}.`);
    return row;
  });
}

/** What the row that is measured has started. */
const ends: (() => Promise<void> | void)[] = [];
const defer = (end: () => Promise<void> | void): void => void ends.unshift(end);

/** Ends all of it, also what comes behind something that does not end well. */
async function endRow(): Promise<void> {
  for (const end of ends.splice(0))
    await Promise.resolve()
      .then(end)
      .catch((error: unknown) => console.error(error));
}

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(
    signal,
    () =>
      void endRow()
        .then(() => data.close())
        .finally(() => process.exit(1)),
  );
}

/** Who begins changes with every round. */
async function measure(row: Row): Promise<Result> {
  try {
    const { ours, reference, facts } = await row.prepare({ data, seconds, short, subscribers, defer });
    const measured: Round[] = [];
    for (let number = 0; number < rounds; number++) {
      if (number % 2 === 0) measured.push({ ours: await ours(), reference: await reference() });
      else {
        const other = await reference();
        measured.push({ ours: await ours(), reference: other });
      }
    }
    return summarize(row, measured, await facts?.());
  } finally {
    await endRow();
  }
}

const results: Result[] = [];
const failures: string[] = [];
try {
  for (const row of chosen()) {
    const begun = performance.now();
    try {
      results.push(await measure(row));
    } catch (error) {
      failures.push(row.name);
      console.error(`${row.name}:`, error);
    }
    console.error(`${row.name}: ${((performance.now() - begun) / 1000).toFixed(1)} s`);
  }
} finally {
  await data.close();
}
console.log(tableText(results));
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ rounds, seconds, results }, null, 2)}\n`);
if (failures.length > 0) {
  console.error(`Could not run: ${failures.join(', ')}.`);
  process.exitCode = 1;
}
