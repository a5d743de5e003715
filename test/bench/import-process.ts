// The import command in a process of its own: `node import-process.ts DATABASE_URL SOURCE`. Prints the peak of resident
// memory (MiB) on the last line of standard output.
import { Command } from 'commander';
import type * as CliImport from '../../src/cli/import.js';
import type * as FreshmakerImport from '../../src/systems/freshmaker/import/index.js';

const { registerImport } = (await compiled('cli/import.js')) as typeof CliImport;
const { FRESHMAKER_IMPORT } = (await compiled('systems/freshmaker/import/index.js')) as typeof FreshmakerImport;

const [url = '', source = '-'] = process.argv.slice(2);
const program = new Command('buildgate');
registerImport(program, {
  imports: new Map([['freshmaker', FRESHMAKER_IMPORT]]),
  database: () =>
    url.startsWith('sqlite:') ? { kind: 'sqlite', path: url.slice('sqlite:'.length) } : { kind: 'postgresql', url },
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  exit: (code) => (process.exitCode = code),
});
await program.parseAsync(['import', 'freshmaker', source], { from: 'user' });
process.stdout.write(`${(process.resourceUsage().maxRSS / 1024).toFixed(0)}\n`);

/** What is measured is the compiled program, which has no types of its own. */
function compiled(path: string): Promise<unknown> {
  return import(new URL(`../../dist/${path}`, import.meta.url).href);
}
