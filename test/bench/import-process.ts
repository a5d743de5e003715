// The import command in a process of its own: `node import-process.ts SYSTEM DATABASE_URL SOURCE`. Prints the peak of
// resident memory (MiB) on the last line of standard output.
import { Command } from 'commander';
import type * as CliImport from '../../src/cli/import.js';
import type * as Secrets from '../../src/core/auth/secrets.js';
import type * as Systems from '../../src/systems/index.js';
import { compiled } from './compiled.ts';

const { registerImport } = await compiled<typeof CliImport>('cli/import.js');
const { SecretBox } = await compiled<typeof Secrets>('core/auth/secrets.js');
const { SYSTEMS } = await compiled<typeof Systems>('systems/index.js');

const [system = '', url = '', source = '-'] = process.argv.slice(2);
const program = new Command('buildgate');
registerImport(program, {
  imports: new Map(SYSTEMS.map((known) => [known.name, known.import])),
  target: () => ({
    database: url.startsWith('sqlite:')
      ? { kind: 'sqlite', path: url.slice('sqlite:'.length) }
      : { kind: 'postgresql', url },
    secrets: SecretBox.open({ secret: null, file: null }),
  }),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  exit: (code) => (process.exitCode = code),
});
await program.parseAsync(['import', system, source], { from: 'user' });
process.stdout.write(`${(process.resourceUsage().maxRSS / 1024).toFixed(0)}\n`);
