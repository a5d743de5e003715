import { readFileSync } from 'node:fs';
import { Migration } from '@mikro-orm/migrations';
import { migrationFile, migrationNames } from './migrations.js';
import type { Dialect } from './sql.js';

const DOWN = /^-- down$/m;

/** A migration as MikroORM's migrator takes it: name and class. */
interface NamedMigration {
  readonly name: string;
  readonly class: new (...args: ConstructorParameters<typeof Migration>) => Migration;
}

/** The migrations of a database in order, made of its SQL files: statements up to the line `-- down`, and those after it. */
export function migrationsOf(dialect: Dialect): NamedMigration[] {
  return migrationNames(dialect).map((name) => ({
    name,
    class: migrationClass(readFileSync(migrationFile(dialect, name), 'utf8')),
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
