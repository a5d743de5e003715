import { readdirSync, readFileSync } from 'node:fs';
import { Migration } from '@mikro-orm/migrations';
import type { Dialect } from './sql.js';

/** Top-level folder of the released SQL files, one subfolder for each database. */
const FOLDER = new URL('../../../migrations/', import.meta.url);
const DOWN = /^-- down$/m;

/** A migration as MikroORM's migrator takes it: name and class. */
export interface NamedMigration {
  readonly name: string;
  readonly class: new (...args: ConstructorParameters<typeof Migration>) => Migration;
}

/** The migrations of a database in order, made of its SQL files: statements up to the line `-- down`, and those after it. */
export function migrationsOf(dialect: Dialect): NamedMigration[] {
  const folder = new URL(`${dialect}/`, FOLDER);
  return readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .toSorted()
    .map((file) => ({
      name: file.replace(/\.sql$/, ''),
      class: migrationClass(readFileSync(new URL(file, folder), 'utf8')),
    }));
}

function migrationClass(text: string): NamedMigration['class'] {
  const [up = '', down = ''] = text.split(DOWN);
  return class extends Migration {
    override up(): void {
      for (const statement of statements(up)) this.addSql(statement);
    }
    override down(): void {
      for (const statement of statements(down)) this.addSql(statement);
    }
  };
}

/** Statements end in a semicolon at the end of a line; our files have no other. */
function statements(text: string): string[] {
  return text
    .split(/;\s*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}
