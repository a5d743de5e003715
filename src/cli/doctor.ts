import { styleText } from 'node:util';
import type { Command } from 'commander';
import type { CheckResult, CheckStatus } from '../doctor/check.js';
import { diagnose } from '../doctor/diagnose.js';
import { printable } from './fault.js';
import type { Output } from './progress.js';

/** What the command works with. */
export interface DoctorCommandOptions {
  readonly stdout: Output;
  /** Told 0, or 1 when a check failed. */
  readonly exit: (code: number) => void;
}

const EXAMPLES = `
Looks at Node.js, the settings, the database, the broker, the key of encrypted tokens, the clock, rights of files and the
port, and says what to do. Changes nothing, and shows no password. Ends with 1 when something failed; warnings are none.

Examples:
  buildgate doctor
  DATABASE_URL=postgres://buildgate@db/buildgate buildgate doctor --json`;

const COLOURS = { ok: 'green', warning: 'yellow', failed: 'red' } as const;
const WORD = 'warning'.length;

/** `buildgate doctor`. */
export function registerDoctor(program: Command, options: DoctorCommandOptions): void {
  program
    .command('doctor')
    .summary('check what a gateway needs, and say what to do')
    .description('Checks what a gateway with these settings needs.')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async ({ json = false }: { readonly json?: boolean }) => {
      const checks = await diagnose();
      const isOk = checks.every(({ status }) => status !== 'failed');
      options.stdout.write(json ? `${JSON.stringify({ ok: isOk, checks })}\n` : report(checks, options.stdout));
      options.exit(isOk ? 0 : 1);
    });
}

function report(checks: readonly CheckResult[], stdout: Output): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const lines = checks.flatMap(({ name, status, message, advice }) => {
    const word = styleText(COLOURS[status], status.padEnd(WORD), { stream: stdout });
    const line = `${word}  ${name.padEnd(width)}  ${printable(message)}`;
    return advice === undefined ? [line] : [line, `${' '.repeat(WORD + width + 4)}> ${printable(advice)}`];
  });
  return `${lines.join('\n')}\n\n${summary(checks)}\n`;
}

function summary(checks: readonly CheckResult[]): string {
  const count = (wanted: CheckStatus): number => checks.filter(({ status }) => status === wanted).length;
  const [failed, warnings] = [count('failed'), count('warning')];
  if (failed === 0 && warnings === 0) return 'Everything is fine.';
  return `${failed} failed, ${warnings === 1 ? '1 warning' : `${warnings} warnings`}.`;
}
