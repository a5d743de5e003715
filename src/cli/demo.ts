import { InvalidArgumentError, type Command } from 'commander';
import { USER } from '../demo/database.js';
import { startDemo, type Demo } from '../demo/start.js';
import { createLogger } from '../server/request-log.js';
import { firstSignal } from './signals.js';

interface Flags {
  readonly port: number;
  readonly speed: number;
  readonly seed: number;
  readonly keep?: string;
}

const EXAMPLES = `
Nothing of the environment counts, and no other database is touched: everything is in a temporary SQLite file, which is
gone when the demo ends (Ctrl-C), or in the one that --keep names, where a later demo goes on. Simulated agents report
some three changes a second, so the file grows slowly; state changes older than a day are forgotten.

Examples:
  buildgate demo
  buildgate demo --port 0 --speed 5
  buildgate demo --keep demo.db --seed 7`;

/** `buildgate demo`. */
export function registerDemo(program: Command): void {
  program
    .command('demo')
    .summary('serve sample data of all systems that moves, to look around')
    .description('Serves sample data of all systems with simulated agents that keep builds moving, until told to stop.')
    .option('--port <port>', 'the port to listen on; 0 takes any free one', wholeNumber(0, 65_535), 4000)
    .option('--speed <factor>', 'how many times faster than usual builds move, 0.1 to 20', speed, 1)
    .option('--seed <number>', 'other sample data for each', wholeNumber(0, 4_294_967_295), 1)
    .option('--keep <file>', 'the SQLite file to use and to keep')
    .addHelpText('after', EXAMPLES)
    .action((flags: Flags) => demo(flags));
}

async function demo({ keep = null, ...options }: Omit<Flags, 'keep'> & { readonly keep?: string | null }) {
  const signalled = firstSignal();
  const logger = createLogger('warn');
  const started = startDemo({ ...options, file: keep, logger });
  const running = await Promise.race([started, signalled.then(() => null)]);
  // What there is so far goes with the process.
  if (!running) process.exit();
  process.stdout.write(greeting(running, keep !== null));
  await signalled;
  await running.close();
}

function greeting({ url, file, token }: Demo, kept: boolean): string {
  return `buildgate demo is running: sample data of five systems, and simulated agents that keep builds moving.

  Dashboard    ${url}/
  Sign in      ${token}
               (token of "${USER}", an administrator)
  Explorer     ${url}/graphiql
  Old REST     ${url}/freshmaker/api/2/builds/
               ${url}/buildapi/self-serve/birch
               ${url}/devmason/ferry/builds
  All of it    ${url}/about

  Database     ${file}${kept ? '' : ' (removed at the end)'}

Ctrl-C stops it.
`;
}

function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = /^\d+$/.test(text) ? Number(text) : NaN;
    if (number >= least && number <= most) return number;
    throw new InvalidArgumentError(`It is not a whole number from ${least} to ${most}.`);
  };
}

function speed(text: string): number {
  const factor = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
  if (factor >= 0.1 && factor <= 20) return factor;
  throw new InvalidArgumentError('It is not a number from 0.1 to 20.');
}
