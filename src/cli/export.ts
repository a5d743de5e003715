import { pipeline } from 'node:stream/promises';
import { Argument, type Command } from 'commander';
import {
  runExport,
  type ElementCount,
  type ExportResult,
  type ExportSource,
  type SystemExport,
  type TextSink,
} from '../core/export/run.js';
import { faultText, printable } from './fault.js';
import { writeWhole } from './output-file.js';
import { duration, groups, ProgressDisplay, type Output } from './progress.js';

/** What the command works with. */
export interface ExportCommandOptions {
  /** The exports by the system's name. */
  readonly exports: ReadonlyMap<string, SystemExport>;
  /** Where to export from; asked when the command runs, and may throw about the configuration. */
  readonly target: () => ExportSource;
  readonly stdout: Output;
  /** Progress, remarks and faults. */
  readonly stderr: Output;
  /** Resolves when somebody wants a file not to be finished. Asked once, when one is begun. */
  readonly interrupted: () => Promise<unknown>;
  /** Told 0 (done) or 1 (failed). Wrong usage ends in commander's own error. */
  readonly exit: (code: number) => void;
}

interface Flags {
  readonly output?: string;
  readonly json?: boolean;
}

const EXAMPLES = `
Everything is as it was at one moment, also while a gateway goes on writing. A file appears when it is complete, and is
for its owner alone: it may hold tokens and hashes of passwords. Standard output is - or no file.

Examples:
  buildgate export freshmaker --output freshmaker.json
  buildgate export kernelci | gzip > kernelci.json.gz
  buildgate export devmason | DATABASE_URL=postgres://buildgate@db/buildgate buildgate import devmason -
`;

/** Adds `export SYSTEM` to the program. */
export function registerExport(program: Command, options: ExportCommandOptions): void {
  program
    .command('export')
    .summary('write the data of a system in the format that import takes')
    .description('Writes the data of a system in the format that import takes.')
    .addArgument(new Argument('<system>', 'the system that the data is of').choices([...options.exports.keys()]))
    .option('--output <file>', 'the file to write, instead of standard output')
    .option('--json', 'tell what was written as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (system: string, { output, json = false }: Flags) => {
      const systemExport = options.exports.get(system) as SystemExport;
      const file = output === '-' ? null : (output ?? null);
      options.exit(await exportTo(file, system, systemExport, { ...options, json }));
    });
}

async function exportTo(
  file: string | null,
  system: string,
  systemExport: SystemExport,
  options: ExportCommandOptions & { readonly json: boolean },
): Promise<number> {
  const { stdout, stderr } = options;
  const display = new ProgressDisplay(stderr);
  try {
    const sink = file === null ? toStream(stdout) : toFile(file, options.interrupted);
    const result = await runExport(options.target(), systemExport, sink, (rows) =>
      display.update({ rows, done: 0, total: null }),
    );
    display.end();
    if (!options.json) for (const remark of result.remarks) stderr.write(`buildgate: ${printable(remark)}\n`);
    const text = (options.json ? summaryJson : summary)(result, display.elapsed);
    (file === null ? stderr : stdout).write(`${text}\n`);
    return 0;
  } catch (error) {
    display.end();
    const outcome = file === null ? 'What was written is not complete.' : 'Nothing was exported.';
    stderr.write(`buildgate: ${printable(`${file ?? system}: ${faultText(error)}`)}\n${outcome}\n`);
    return 1;
  }
}

/** A stream stays open: it is the process's. */
function toStream(stream: Output): TextSink {
  return (pieces) => pipeline(pieces, stream, { end: false });
}

function toFile(path: string, interrupted: () => Promise<unknown>): TextSink {
  return (pieces) => {
    const stop = new AbortController();
    void interrupted().then(() => stop.abort());
    return writeWhole(path, pieces, stop.signal);
  };
}

function summary({ counts }: ExportResult, elapsed: number): string {
  const some = counts.filter(({ total }) => total > 0);
  const parts = (some.length > 0 ? some : counts.slice(0, 1)).map(countText);
  return `exported ${parts.join(', ')} in ${duration(elapsed)}`;
}

function summaryJson({ counts, remarks }: ExportResult, elapsed: number): string {
  const exported = counts.map(({ name, total }) => ({ name: name.many, total }));
  return JSON.stringify({ exported, remarks, ms: Math.round(elapsed) });
}

function countText({ name, total }: ElementCount): string {
  return `${groups(total)} ${total === 1 ? name.one : name.many}`;
}
