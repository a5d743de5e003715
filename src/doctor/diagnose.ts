import { ConfigError, loadConfig, type Config } from '../config.js';
import { checkBroker } from './broker.js';
import { Checks, type CheckResult } from './check.js';
import { checkDocuments } from './documents.js';
import { checkListening } from './listening.js';
import { checkPostgresql } from './postgresql.js';
import { checkSecrets } from './secrets.js';
import { checkSqlite, type DatabaseFindings } from './sqlite.js';

/**
 * Looks at everything that a gateway with the settings of the environment needs. Nothing is changed, declared or made.
 * With wrong settings nothing else is looked at.
 */
export async function diagnose(): Promise<CheckResult[]> {
  const { results, config } = checkSettings();
  const node = new Checks('Node.js');
  node.ok(process.versions.node);
  if (config === null) return [...node.results, ...results];
  const [database, broker, listening, documents] = await Promise.all([
    checkDatabase(config),
    checkBroker(config),
    checkListening(config),
    checkDocuments(config),
  ]);
  const secrets = checkSecrets(config.secrets, database.sealed);
  return [...node.results, ...results, ...database.results, ...broker, ...secrets, ...documents, ...listening];
}

function checkSettings(): { readonly results: readonly CheckResult[]; readonly config: Config | null } {
  const checks = new Checks('settings');
  try {
    const config = loadConfig();
    checks.ok('all values are allowed');
    return { results: checks.results, config };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const fault of error.message.split('\n')) checks.failed(fault, 'see "Settings" in docs/operating.md');
    return { results: checks.results, config: null };
  }
}

function checkDatabase({ database }: Config): Promise<DatabaseFindings> {
  return database.kind === 'sqlite' ? checkSqlite(database.path, Date.now()) : checkPostgresql(database.url);
}
