import { Tally } from '../../../core/import/tally.js';
import type { CollectionName } from '../fields.js';

/** What the import format and messages call the documents of a collection. */
interface Naming {
  /** The array of the format (contract kernelci, section 11). */
  readonly array: string;
  /** What else it may be called. */
  readonly aliases: readonly string[];
  readonly one: string;
  readonly many: string;
}

function naming(one: string, many: string, array: string, ...aliases: readonly string[]): Naming {
  return { array, aliases, one, many };
}

/** The arrays of the import format by collection. */
export const NAMINGS: Readonly<Record<CollectionName, Naming>> = {
  token: naming('token', 'tokens', 'token', 'api-token'),
  lab: naming('lab', 'labs', 'lab'),
  job: naming('job', 'jobs', 'job'),
  build: naming('build', 'builds', 'build', 'defconfig'),
  boot: naming('boot', 'boots', 'boot'),
  test_group: naming('test group', 'test groups', 'test_group'),
  test_case: naming('test case', 'test cases', 'test_case'),
  test_regression: naming('test regression', 'test regressions', 'test_regression'),
  build_log: naming('build log', 'build logs', 'build_logs', 'error_logs'),
  job_log: naming('job log', 'job logs', 'job_logs', 'errors_summary'),
  statistics: naming('day of statistics', 'days of statistics', 'statistics', 'daily_stats'),
};

/** Counts the documents of a collection. */
export function tallyOf(name: CollectionName): Tally {
  const { one, many } = NAMINGS[name];
  return new Tally(one, many);
}
