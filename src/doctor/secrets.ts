import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { SecretBox, type SecretSettings } from '../core/auth/secrets.js';
import { Checks, reasonOf, type CheckResult } from './check.js';
import { existingFolder, isReadableAndWritable, modeText } from './files.js';

/** Bits that let the group, and that let everybody else, do anything with a file. */
const [GROUP, OTHERS] = [0o070, 0o007];

/**
 * Looks at the key of what is encrypted, and at who may read it.
 * @param sealed texts of the database that were encrypted; null when they are not known
 */
export function checkSecrets(settings: SecretSettings, sealed: readonly string[] | null): CheckResult[] {
  const checks = new Checks('secrets');
  const { secret, file } = settings;
  const path = file === null ? null : resolve(file);
  if (secret !== null) checks.ok('the key is in BUILDGATE_SECRET');
  else if (path === null) checks.ok('the key ends with the process, as the database does');
  else if (existsSync(path)) checkKeyFile(checks, path);
  else checkMissing(checks, path, sealed);
  if (checks.results.some(({ status }) => status === 'failed') || !sealed?.length) return checks.results;
  checkKey(checks, settings, sealed);
  return checks.results;
}

function checkKeyFile(checks: Checks, path: string): void {
  const { mode } = statSync(path);
  if ((mode & OTHERS) !== 0) {
    checks.failed(`everybody may get at ${path} (mode ${modeText(mode)})`, `chmod 600 ${path}`);
  } else if ((mode & GROUP) !== 0) {
    checks.warning(`its group may get at ${path} (mode ${modeText(mode)})`, `chmod 600 ${path}`);
  } else checks.ok(`${path} is for its owner alone`);
}

function checkMissing(checks: Checks, path: string, sealed: readonly string[] | null): void {
  const folder = existingFolder(path);
  if (sealed?.length) {
    checks.failed(`there is no ${path}, but tokens in the database are encrypted`, 'restore it from the backup');
  } else if (!isReadableAndWritable(folder)) {
    checks.failed(
      `${folder} is not writable: the key cannot be made there`,
      'set BUILDGATE_SECRET_FILE or BUILDGATE_SECRET',
    );
  } else checks.ok(`there is no key yet; ${path} is made when it is first needed`);
}

/** Whether the key is the one that the database's texts were encrypted with. */
function checkKey(checks: Checks, settings: SecretSettings, sealed: readonly string[]): void {
  const box = SecretBox.open(settings);
  try {
    const opened = sealed.filter((text) => box.unseal(text) !== null).length;
    if (opened === sealed.length) checks.ok('the key opens the tokens of the database');
    else {
      const advice = 'old APIs cannot show them: restore the key that the database was used with';
      checks.failed(`the key opens ${opened} of ${sealed.length} tokens of the database that were tried`, advice);
    }
  } catch (error) {
    checks.failed(reasonOf(error), 'restore the key from the backup');
  }
}
