import { BuildgateError } from '../../../core/errors.js';
import { isJsonObject, parseExact } from '../../../core/json.js';
import { join, sql } from '../../../core/store/sql.js';
import type { Transaction } from '../../../core/store/transaction.js';

/** Settings of run jobs: what their job began with, and what agents and users noted, whose names begin with `@`. Pure but for storing. */

const OWN = '@';
const BATCH = 500;

/** Settings without what was noted; the same text when nothing was. */
export function withoutNotes(settings: string): string {
  // Spares most settings from being parsed.
  if (!settings.includes(OWN)) return settings;
  const parsed = parseExact(settings);
  if (!isJsonObject(parsed)) return settings;
  const entries = Object.entries(parsed);
  const kept = entries.filter(([name]) => !name.startsWith(OWN));
  return kept.length === entries.length ? settings : JSON.stringify(Object.fromEntries(kept));
}

/**
 * Settings with what is noted.
 * @throws BuildgateError INVALID when a name does not begin with `@`, or the settings have no members
 */
export function withNotes(settings: string, notes: Record<string, unknown>): string {
  const entries = Object.entries(notes);
  const foreign = entries.find(([name]) => !name.startsWith(OWN));
  if (foreign) throw new BuildgateError('INVALID', `settings: ${JSON.stringify(foreign[0])} does not begin with @.`);
  if (entries.length === 0) return settings;
  const parsed = parseExact(settings);
  if (!isJsonObject(parsed)) throw new BuildgateError('INVALID', 'settings: those of the run job are no JSON object.');
  return JSON.stringify(Object.fromEntries([...Object.entries(parsed), ...entries]));
}

/** Takes what was noted from the settings of run jobs; a statement for each 500 that something was noted in. */
export async function removeNotes(
  transaction: Transaction,
  runJobs: readonly { readonly id: number; readonly settings: string }[],
): Promise<void> {
  const changed = runJobs.flatMap(({ id, settings }) => {
    const kept = withoutNotes(settings);
    return kept === settings ? [] : [sql`(CAST(${id} AS bigint), ${kept})`];
  });
  for (let start = 0; start < changed.length; start += BATCH) {
    await transaction.all(
      sql`WITH changed (id, settings) AS (VALUES ${join(changed.slice(start, start + BATCH), ', ')})
        UPDATE job SET rodan_settings = changed.settings FROM changed WHERE job.id = changed.id`,
    );
  }
}
