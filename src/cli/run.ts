import { styleText } from 'node:util';
import { Command, CommanderError } from 'commander';
import { ConfigError, loadConfig } from '../config.js';
import { SecretBox } from '../core/auth/secrets.js';
import { BuildgateError } from '../core/errors.js';
import type { ImportTarget } from '../core/import/run.js';
import { VERSION } from '../version.js';
import { SYSTEMS } from '../systems/index.js';
import { registerAgent } from './agent.js';
import { registerCompletion } from './completion.js';
import { registerCopy } from './copy.js';
import { registerDemo } from './demo.js';
import { registerDoctor } from './doctor.js';
import { registerExplain } from './explain.js';
import { registerExport } from './export.js';
import { registerImport } from './import.js';
import { registerMigrate } from './migrate.js';
import { registerSchema } from './schema.js';
import { registerServe } from './serve.js';
import { firstSignal } from './signals.js';
import { registerToken } from './token.js';
import { registerUsage } from './usage.js';

/** Behind the help of the program. */
const EXIT_CODES = `
Exit codes: 0 done, 1 failed, 2 wrong usage or a wrong setting. A second SIGINT or SIGTERM ends a command at once with 1.
Settings are environment variables: see docs/operating.md. "buildgate doctor" checks them.`;
const DONE = 0;
const FAILED = 1;
const WRONG_USAGE = 2;

/**
 * Runs a command line.
 * @returns the exit code: 0 done, 1 failed, 2 wrong usage
 */
export async function run(argv: readonly string[]): Promise<number> {
  let exitCode = DONE;
  const program = emptyProgram();
  registerAll(program, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(argv);
    return exitCode;
  } catch (error) {
    return report(error);
  }
}

/** What is the same for all commands. */
function emptyProgram(): Command {
  return (
    new Command('buildgate')
      .description('One GraphQL schema, with live subscriptions, in front of legacy build systems.')
      .version(VERSION)
      .exitOverride()
      // Commander takes the colours away where the stream has none, or NO_COLOR is set.
      .configureHelp({ styleTitle: (title) => styleText('bold', title, { validateStream: false }) })
      .configureOutput({ outputError: (text, write) => write(styleText('red', text, { stream: process.stderr })) })
      .addHelpText('after', EXIT_CODES)
      .showHelpAfterError('(see --help)')
  );
}

function registerAll(program: Command, exit: (code: number) => void): void {
  for (const register of [registerServe, registerDemo, registerMigrate, registerToken, registerSchema, registerAgent])
    register(program);
  registerUsage(program);
  registerExplain(program, { config: () => loadConfig(), stdout: process.stdout });
  const transfer = { target: databaseAndKey, stdout: process.stdout, stderr: process.stderr, exit };
  registerCopy(program, transfer);
  registerDoctor(program, transfer);
  const imports = new Map(SYSTEMS.map((system) => [system.name, system.import]));
  registerImport(program, { ...transfer, imports, stdin: process.stdin });
  const exports = new Map(SYSTEMS.map((system) => [system.name, system.export]));
  registerExport(program, { ...transfer, exports, interrupted: firstSignal });
  registerCompletion(program);
}

function databaseAndKey(): ImportTarget {
  const { database, secrets } = loadConfig();
  return { database, secrets: SecretBox.open(secrets) };
}

/** Says what went wrong in a line; never a stack trace. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? DONE : WRONG_USAGE;
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${styleText('red', 'buildgate:', { stream: process.stderr })} ${message}\n`);
  return error instanceof ConfigError || error instanceof BuildgateError ? WRONG_USAGE : FAILED;
}
