import type { Command } from 'commander';
import { openStore } from '../app.js';
import { loadConfig } from '../config.js';
import { migrationNames } from '../core/store/migrations.js';
import type { Store } from '../core/store/store.js';

interface Flags {
  readonly status?: boolean;
  readonly json?: boolean;
}

/** `buildgate migrate`. */
export function registerMigrate(program: Command): void {
  program
    .command('migrate')
    .description('Bring the database to the newest structure.')
    .option('--status', 'only tell which migrations are applied and which are pending')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
Examples:
  buildgate migrate
  buildgate migrate --status --json
  DATABASE_URL=postgres://buildgate@db/buildgate buildgate migrate`,
    )
    .action(async ({ status, json = false }: Flags) => {
      const store = await openStore(loadConfig());
      try {
        process.stdout.write(`${await (status ? statusText : migrated)(store, json)}\n`);
      } finally {
        await store.close();
      }
    });
}

async function migrated(store: Store, json: boolean): Promise<string> {
  const applied = await store.migrate();
  if (json) return JSON.stringify({ applied });
  return applied.length === 0 ? 'nothing to do' : applied.join('\n');
}

async function statusText(store: Store, json: boolean): Promise<string> {
  const pending = await store.pendingMigrations();
  const applied = migrationNames(store.reader.dialect).filter((name) => !pending.includes(name));
  if (json) return JSON.stringify({ applied, pending });
  const line = (state: string) => (name: string) => `${state}  ${name}`;
  return [...applied.map(line('applied')), ...pending.map(line('pending'))].join('\n');
}
