import { appliedMigrations, migrationNames } from '../core/store/migrations.js';
import { first, type Reader } from '../core/store/reader.js';
import { raw, sql } from '../core/store/sql.js';
import { Checks, type CheckResult } from './check.js';

const SECOND = 1_000;
const MICROS_PER_MS = 1_000;
/** Clocks that are set by NTP differ by far less. */
const DRIFT_MS = SECOND;
/** Beyond this, leases and expiry times mean something else to each side. */
const WRONG_MS = 60 * SECOND;

/** Whether the database has the structure of this version. */
export async function checkMigrations(reader: Reader): Promise<CheckResult> {
  const checks = new Checks('migrations');
  const known = migrationNames(reader.dialect);
  const applied = (await appliedMigrations(reader)) ?? [];
  const pending = known.filter((name) => !applied.includes(name));
  const newer = applied.filter((name) => !known.includes(name));
  if (newer.length > 0) {
    checks.failed(`a newer version has migrated it: ${newer.join(', ')}`, 'run that version, or restore a backup');
  } else if (pending.length === 0) {
    checks.ok(`all ${known.length} are applied`);
  } else if (reader.dialect === 'sqlite') {
    checks.warning(`pending: ${pending.join(', ')}`, 'the next start applies them; make a backup before');
  } else {
    checks.failed(`pending: ${pending.join(', ')}`, 'make a backup, then run "buildgate migrate"');
  }
  return checks.results[0]!;
}

/** Whether this machine's clock agrees with that of the database's. */
export function checkDrift(driftMs: number): CheckResult {
  const checks = new Checks('clock');
  const size = Math.abs(driftMs);
  if (size <= DRIFT_MS) checks.ok('agrees with the clock of the database');
  else {
    const text = `${(size / SECOND).toFixed(1)} s ${driftMs > 0 ? 'ahead of' : 'behind'} the clock of the database`;
    const advice = 'set both by NTP: records are given the time of this machine';
    if (size > WRONG_MS) checks.failed(text, advice);
    else checks.warning(text, advice);
  }
  return checks.results[0]!;
}

/** Whether this machine's clock has been set back behind what it has recorded itself. */
export async function checkNewestChange(reader: Reader, now: number): Promise<CheckResult> {
  const checks = new Checks('clock');
  const row = await first<{ at: number }>(reader, sql`SELECT at AS at FROM change_log ORDER BY sequence DESC LIMIT 1`);
  const ahead = row ? row.at / MICROS_PER_MS - now : 0;
  if (ahead <= DRIFT_MS) checks.ok('is not behind the newest change');
  else {
    const text = `${(ahead / SECOND).toFixed(0)} s behind the newest change of the database`;
    checks.warning(text, 'set the clock by NTP: it was ahead before, or is behind now');
  }
  return checks.results[0]!;
}

/** Some of the texts that are encrypted with the installation's key. */
export async function sealedTexts(reader: Reader): Promise<string[]> {
  const tables = ['kernelci_token', 'rodan_user'];
  const rows = await Promise.all(
    tables.map((table) =>
      reader.all<{ sealed: string }>(
        sql`SELECT token_sealed AS sealed FROM ${raw(table)} WHERE token_sealed IS NOT NULL LIMIT 5`,
      ),
    ),
  );
  return rows.flat().map(({ sealed }) => sealed);
}
