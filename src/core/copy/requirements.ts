import { BuildgateError } from '../errors.js';
import { migrationNames } from '../store/migrations.js';
import type { CopyTable } from './database.js';

/**
 * Two databases hold the same records in the same way only after the same migrations, which are those of this version.
 * @param applied names of the migrations; null when there never was one
 * @throws BuildgateError CONFLICT
 */
export function requireMigrated(applied: readonly string[] | null): void {
  const advice = 'Run `buildgate migrate` on it first.';
  if (applied === null) throw new BuildgateError('CONFLICT', `it has never been migrated. ${advice}`);
  const known = migrationNames('sqlite');
  const lacking = known.filter((name) => !applied.includes(name));
  if (lacking.length > 0) throw new BuildgateError('CONFLICT', `it lacks migrations: ${lacking.join(', ')}. ${advice}`);
  const newer = applied.filter((name) => !known.includes(name));
  if (newer.length === 0) return;
  throw new BuildgateError('CONFLICT', `it was migrated by a newer version (${newer.join(', ')}). Copy with that one.`);
}

/**
 * Nothing may be left behind, nor be made up: both sides have the same tables with the same columns.
 * @throws BuildgateError CONFLICT naming those that one side has alone
 */
export function compareTables(from: readonly CopyTable[], to: readonly CopyTable[]): void {
  const [source, target] = [namesOf(from), namesOf(to)];
  requireNone(
    'source',
    [...source].filter((name) => !target.has(name)),
  );
  requireNone(
    'target',
    [...target].filter((name) => !source.has(name)),
  );
}

/** Every column with its table's name in front, and every table. */
function namesOf(tables: readonly CopyTable[]): Set<string> {
  return new Set(tables.flatMap(({ name, columns }) => [name, ...columns.map((column) => `${name}.${column}`)]));
}

function requireNone(side: string, names: readonly string[]): void {
  if (names.length === 0) return;
  throw new BuildgateError('CONFLICT', `Only the ${side} has ${names.join(', ')}.`);
}
