import type { Command } from 'commander';
import { ConfigError } from '../config.js';
import { databaseUrl, Refusal, type DatabaseSettings } from '../config-values.js';
import { runCopy, type CopyResult } from '../core/copy/run.js';
import { faultText, printable } from './fault.js';
import { duration, groups, ProgressDisplay, rowsText, type Output } from './progress.js';

/** What the command works with. */
export interface CopyCommandOptions {
  readonly stdout: Output;
  /** Progress, what else is to be done, and faults. */
  readonly stderr: Output;
  /** Told 0 (done) or 1 (failed, nothing stored). Wrong usage is thrown. */
  readonly exit: (code: number) => void;
}

interface Flags {
  readonly from: string;
  readonly to: string;
  readonly json?: boolean;
}

const URLS = 'sqlite:PATH or postgres://...';
const KEY_REMARK = 'Tokens that old APIs show again stay encrypted: the target needs the key of the source.';
const EXAMPLES = `
Everything is copied as it was at one moment, or nothing. The target must be empty and have been migrated by the same
version. Stop the gateway on the source before: what it writes during the copy is not taken along. The key of encrypted
tokens (BUILDGATE_SECRET, or the file BUILDGATE_SECRET_FILE) is not in the database and must be taken along, too.

Examples:
  DATABASE_URL=postgres://buildgate@db/buildgate buildgate migrate
  buildgate copy --from sqlite:./data/buildgate.db --to postgres://buildgate@db/buildgate
`;

/** Adds `copy --from URL --to URL` to the program. */
export function registerCopy(program: Command, options: CopyCommandOptions): void {
  program
    .command('copy')
    .summary('move a whole database to another one')
    .description('Copies a whole database to an empty one, of the same kind or the other.')
    .requiredOption('--from <url>', `the database to read: ${URLS}`)
    .requiredOption('--to <url>', `the database to fill: ${URLS}`)
    .option('--json', 'print the result as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async ({ from, to, json = false }: Flags) => {
      options.exit(await copyBetween(database('--from', from), database('--to', to), { ...options, json }));
    });
}

/** The value stays unsaid: it may hold a password. */
function database(option: string, url: string): DatabaseSettings {
  try {
    return databaseUrl(url);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new ConfigError(`${option}: the value is refused (${error.message}); allowed: ${URLS}`);
  }
}

async function copyBetween(
  from: DatabaseSettings,
  to: DatabaseSettings,
  { stdout, stderr, json }: CopyCommandOptions & { readonly json: boolean },
): Promise<number> {
  const display = new ProgressDisplay(stderr);
  try {
    const result = await runCopy(from, to, {
      onRows: (what, rows, total) => display.update({ what, rows, done: rows, total }),
      onTable: (table, rows, ms) => display.line(`${table}: ${rowsText(rows, ms)}`),
    });
    display.line(KEY_REMARK);
    const ms = Math.round(display.elapsed);
    stdout.write(`${json ? JSON.stringify({ ...result, ms }) : summary(result, ms)}\n`);
    return 0;
  } catch (error) {
    display.end();
    stderr.write(`buildgate: ${printable(faultText(error))}\nNothing was copied.\n`);
    return 1;
  }
}

function summary({ rows, tables }: CopyResult, elapsed: number): string {
  const [rowWord, tableWord] = [rows === 1 ? 'row' : 'rows', tables === 1 ? 'table' : 'tables'];
  return `copied ${groups(rows)} ${rowWord} of ${tables} ${tableWord} in ${duration(elapsed)}`;
}
