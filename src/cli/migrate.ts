import type { Command } from 'commander';
import { openStore } from '../app.js';
import { loadConfig } from '../config.js';

/** `buildgate migrate`. */
export function registerMigrate(program: Command): void {
  program
    .command('migrate')
    .description('Bring the database to the newest structure.')
    .addHelpText(
      'after',
      `
Examples:
  buildgate migrate
  DATABASE_URL=postgres://buildgate@db/buildgate buildgate migrate`,
    )
    .action(async () => {
      const store = await openStore(loadConfig());
      try {
        const applied = await store.migrate();
        process.stdout.write(applied.length === 0 ? 'nothing to do\n' : `${applied.join('\n')}\n`);
      } finally {
        await store.close();
      }
    });
}
