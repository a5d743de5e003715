import type { Readable } from 'node:stream';
import { Argument, type Command } from 'commander';
import { BuildgateError } from '../core/errors.js';
import { ByteSource } from '../core/import/byte-source.js';
import {
  runImport,
  type ImportSource,
  type ImportTarget,
  type RowCounts,
  type SystemImport,
} from '../core/import/run.js';
import { CORE_ENTITIES } from '../core/model/tables.js';
import { Store, type DatabaseConfig } from '../core/store/store.js';
import { faultText, printable } from './fault.js';
import { duration, groups, ProgressDisplay, type Output } from './progress.js';

/** What the command works with. */
export interface ImportCommandOptions {
  /** The imports by the system's name. */
  readonly imports: ReadonlyMap<string, SystemImport>;
  /** Where to import to; asked when the command runs, and may throw about the configuration. */
  readonly target: () => ImportTarget;
  readonly stdin: Readable;
  readonly stdout: Output;
  /** Progress and faults. */
  readonly stderr: Output;
  /** Told 0 (done) or 1 (failed, nothing stored). Wrong usage ends in commander's own error. */
  readonly exit: (code: number) => void;
}

const EXAMPLES = `
Everything is imported, or nothing: a fault anywhere in the data is reported with the row, and the database stays as it
was. Importing the same data again changes nothing; rows that have changed since are replaced. Nothing is published.

Examples:
  buildgate import freshmaker dump.json
  buildgate import kernelci dump.json --json | jq .imported
  gunzip -c dump.json.gz | buildgate import freshmaker -
  buildgate import freshmaker https://freshmaker.example.com
`;

/** Adds `import SYSTEM SOURCE` to the program. */
export function registerImport(program: Command, options: ImportCommandOptions): void {
  program
    .command('import')
    .summary('take over the data of a legacy system')
    .description('Takes over the data of a legacy system.')
    .addArgument(new Argument('<system>', 'the system that the data is of').choices([...options.imports.keys()]))
    .argument('<source>', 'a file, - for standard input, or the URL of a running server')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (system: string, text: string, { json = false }: { readonly json?: boolean }) => {
      const systemImport = options.imports.get(system) as SystemImport;
      options.exit(await importFrom(text, systemImport, { ...options, json }));
    });
}

async function importFrom(
  text: string,
  systemImport: SystemImport,
  options: ImportCommandOptions & { readonly json: boolean },
): Promise<number> {
  const display = new ProgressDisplay(options.stderr);
  try {
    const source = openSource(text, systemImport, options.stdin);
    const target = options.target();
    await prepareDatabase(target.database);
    const counts = await runImport(target, systemImport, source, (rows, { done, total }) =>
      display.update({ rows, done, total }),
    );
    display.end();
    options.stdout.write(`${(options.json ? summaryJson : summary)(counts, display.elapsed)}\n`);
    return 0;
  } catch (error) {
    display.end();
    options.stderr.write(`buildgate: ${printable(`${text}: ${faultText(error)}`)}\nNothing was imported.\n`);
    return 1;
  }
}

function openSource(text: string, systemImport: SystemImport, stdin: Readable): ImportSource {
  if (text === '-') return ByteSource.stream(stdin);
  if (!/^https?:\/\//i.test(text)) return ByteSource.file(text);
  if (!systemImport.live) throw new BuildgateError('INVALID', 'data of this system comes from a file, not from a URL.');
  if (!URL.canParse(text)) throw new BuildgateError('INVALID', 'not a URL.');
  return systemImport.live(new URL(text));
}

/** Brings an embedded database to the newest structure, as `serve` does; any other must be there. */
async function prepareDatabase(database: DatabaseConfig): Promise<void> {
  const store = await Store.open({ database, entities: CORE_ENTITIES });
  try {
    if (database.kind === 'sqlite') await store.migrate();
    else if ((await store.pendingMigrations()).length > 0) {
      throw new BuildgateError('CONFLICT', 'The database lacks migrations. Run `buildgate migrate` first.');
    }
  } finally {
    await store.close();
  }
}

function summary(counts: readonly RowCounts[], elapsed: number): string {
  const parts = counts.map(({ name, created, replaced, unchanged }) => {
    const total = created + replaced + unchanged;
    const details = `${groups(created)} new, ${groups(replaced)} replaced, ${groups(unchanged)} unchanged`;
    return `${groups(total)} ${total === 1 ? name.one : name.many} (${details})`;
  });
  return `imported ${parts.join(', ')} in ${duration(elapsed)}`;
}

function summaryJson(counts: readonly RowCounts[], elapsed: number): string {
  const imported = counts.map(({ name, ...numbers }) => ({ name: name.many, ...numbers }));
  return JSON.stringify({ imported, ms: Math.round(elapsed) });
}
