import { InvalidArgumentError, type Command } from 'commander';
import { openReadyStore } from '../app.js';
import { loadConfig } from '../config.js';
import { SYSTEM_NAMES, type SystemName } from '../config-values.js';
import { RecordPage } from '../core/list/page.js';
import { System } from '../core/model/states.js';
import type { Store } from '../core/store/store.js';
import { formatTime } from '../core/time.js';
import { daysBetween, USUAL_DAYS } from '../core/usage/days.js';
import { MOST_USED, usesOn, type RouteUseRow } from '../core/usage/use-list.js';
import { printable } from './fault.js';
import { textTable, type TextColumn } from './text-table.js';

interface UsageFlags {
  readonly system?: SystemName;
  readonly days: number;
  readonly limit: number;
  readonly json?: boolean;
}

/** `buildgate usage`. */
export function registerUsage(program: Command): void {
  program
    .command('usage')
    .description('Show which clients still call which routes of the old REST APIs, those called most first.')
    .option('--system <system>', `of one system: ${SYSTEM_NAMES.join(', ')}`, systemName)
    .option('--days <number>', 'on so many days up to today, in UTC', wholeNumber(36_500), USUAL_DAYS)
    .option('--limit <number>', 'at most so many rows', wholeNumber(1_000_000), 100)
    .option('--json', 'print a JSON array')
    .addHelpText(
      'after',
      `
A gateway that runs writes what it has counted every 30 seconds and when it stops.

Examples:
  buildgate usage
  buildgate usage --system buildapi --days 7
  buildgate usage --json | jq '.[] | select(.userAgent | startswith("curl"))'`,
    )
    .action(async ({ json, ...flags }: UsageFlags) => {
      const store = await openReadyStore(loadConfig());
      try {
        const { rows, total } = await usesOf(store, flags);
        process.stdout.write(json ? `${JSON.stringify(rows.map(shown), null, 2)}\n` : table(rows.map(shown), flags));
        if (rows.length < total) process.stderr.write(`${total - rows.length} more rows; see --limit.\n`);
      } finally {
        await store.close();
      }
    });
}

async function usesOf(
  store: Store,
  { system, days, limit }: Omit<UsageFlags, 'json'>,
): Promise<{ rows: readonly RouteUseRow[]; total: number }> {
  const { from, to } = daysBetween(null, store.now(), days);
  const filter = system === undefined ? null : { system: { eq: numberOf(system) } };
  const limits = { defaultSize: limit, maxSize: limit };
  const page = new RecordPage<RouteUseRow>(store.reader, usesOn(from, to), { filter }, limits, MOST_USED);
  return { rows: (await page.rows()).rows, total: await page.total() };
}

/** A row as it is printed. */
function shown(row: RouteUseRow) {
  const { route, method, userAgent, requests, clientErrors, serverErrors } = row;
  return {
    system: System[row.system].toLowerCase(),
    route,
    method,
    userAgent,
    requests,
    clientErrors,
    serverErrors,
    firstAt: formatTime(row.firstAt),
    lastAt: formatTime(row.lastAt),
  };
}

type Shown = ReturnType<typeof shown>;

const COLUMNS: readonly TextColumn<Shown>[] = [
  ['REQUESTS', ({ requests }) => String(requests)],
  ['4XX', ({ clientErrors }) => String(clientErrors)],
  ['5XX', ({ serverErrors }) => String(serverErrors)],
  ['LAST', ({ lastAt }) => `${lastAt.slice(0, 10)} ${lastAt.slice(11, 16)}`],
  ['SYSTEM', ({ system }) => system],
  ['ROUTE', ({ method, route }) => printable(`${method} ${route}`)],
  ['CLIENT', ({ userAgent }) => printable(userAgent || '(none)')],
];
/** Columns of numbers, whose ends stand below each other. */
const NUMBERS = 3;

function table(rows: readonly Shown[], { days }: Pick<UsageFlags, 'days'>): string {
  if (rows.length === 0) return `No calls in ${days} ${days === 1 ? 'day' : 'days'}.\n`;
  return textTable(COLUMNS, rows, NUMBERS);
}

function systemName(text: string): SystemName {
  const name = SYSTEM_NAMES.find((one) => one === text);
  if (name === undefined) throw new InvalidArgumentError(`It must be one of ${SYSTEM_NAMES.join(', ')}.`);
  return name;
}

function numberOf(system: SystemName): System {
  return System[system.toUpperCase() as keyof typeof System];
}

function wholeNumber(highest: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (!/^[1-9][0-9]*$/.test(text) || number > highest)
      throw new InvalidArgumentError(`It must be a whole number from 1 to ${highest}.`);
    return number;
  };
}
