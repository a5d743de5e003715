import { Command, CommanderError } from 'commander';
import { ConfigError, loadConfig } from '../config.js';
import { BuildgateError } from '../core/errors.js';
import { VERSION } from '../version.js';
import { SYSTEMS } from '../systems/index.js';
import { registerAgent } from './agent.js';
import { registerImport } from './import.js';
import { registerMigrate } from './migrate.js';
import { registerSchema } from './schema.js';
import { registerServe } from './serve.js';
import { registerToken } from './token.js';

const DONE = 0;
const FAILED = 1;
const WRONG_USAGE = 2;

/**
 * Runs a command line.
 * @returns the exit code: 0 done, 1 failed, 2 wrong usage
 */
export async function run(argv: readonly string[]): Promise<number> {
  const program = new Command('buildgate')
    .description('One GraphQL schema, with live subscriptions, in front of legacy build systems.')
    .version(VERSION)
    .exitOverride()
    .showHelpAfterError('(see --help)');
  let exitCode = DONE;
  for (const register of [registerServe, registerMigrate, registerToken, registerSchema, registerAgent])
    register(program);
  registerImport(program, {
    imports: new Map(SYSTEMS.map((system) => [system.name, system.import])),
    database: () => loadConfig().database,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    exit: (code) => {
      exitCode = code;
    },
  });
  try {
    await program.parseAsync(argv);
    return exitCode;
  } catch (error) {
    return report(error);
  }
}

/** Says what went wrong in a line; never a stack trace. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? DONE : WRONG_USAGE;
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`buildgate: ${message}\n`);
  return error instanceof ConfigError || error instanceof BuildgateError ? WRONG_USAGE : FAILED;
}
