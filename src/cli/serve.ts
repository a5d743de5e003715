import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Command } from 'commander';
import type { Logger } from 'pino';
import { openReadyStore, startApp, type App } from '../app.js';
import { loadConfig, type Config } from '../config.js';
import { createLogger } from '../server/request-log.js';
import { firstSignal } from './signals.js';

interface ServeFlags {
  readonly migrate?: boolean;
}

/** `buildgate serve`. */
export function registerServe(program: Command): void {
  program
    .command('serve')
    .description('Run the gateway until it is told to stop.')
    .option('--migrate', 'bring a PostgreSQL database to the newest structure first (an embedded one always is)')
    .addHelpText(
      'after',
      `
Examples:
  buildgate serve
  PORT=8080 LOG_LEVEL=warn buildgate serve
  DATABASE_URL=postgres://buildgate@db/buildgate buildgate serve --migrate`,
    )
    .action(async (flags: ServeFlags) => serve(loadConfig(), flags));
}

/** What hangs on to the process after everything was told to end. */
const LEFT_BEHIND_MS = 200;

async function serve(config: Config, flags: ServeFlags): Promise<void> {
  const logger = createLogger(config.log.level);
  const signalled = firstSignal();
  const app = await Promise.race([start(config, flags, logger), signalled.then(() => null)]);
  // Nothing is served yet, and a migration is one transaction.
  if (!app) process.exit();
  const signal = await signalled;
  logger.info({ signal }, 'stopping');
  await app.close();
  logger.info('stopped');
  setTimeout(() => process.exit(), LEFT_BEHIND_MS).unref();
}

async function start(config: Config, flags: ServeFlags, logger: Logger): Promise<App> {
  const store = await openReadyStore(config, { migrate: flags.migrate === true });
  await store.close();
  const app = await startApp(config, { logger });
  logger.info({ url: app.url }, 'listening');
  process.stdout.write(`buildgate listens on ${app.url}\n`);
  returnStartupMemory();
  return app;
}

/** What loading and starting left behind is a third of the memory of an idle gateway; one collection gives it back. */
function returnStartupMemory(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as (options: { type: string; flavor: string }) => void;
  collect({ type: 'major', flavor: 'last-resort' });
}
