// Reads Vitest's JSON reports of a suite: of its first run, and of the second that its failed files had, if any.
import { existsSync, readFileSync } from 'node:fs';

/** The name of the report of a second run. */
export const secondReport = (file) => file.replace(/\.json$/, '-again.json');

/** Results of each test file, those of a second run instead of those of the first; null when there is no report. */
export function resultsOf(file) {
  if (!existsSync(file)) return null;
  const files = [file, secondReport(file)].filter((path) => existsSync(path));
  const results = files.flatMap((path) => JSON.parse(readFileSync(path, 'utf8')).testResults);
  return [...new Map(results.map((result) => [result.name, result])).values()];
}
