// Sums Vitest's JSON reports into one last line, "N passed, N failed"; a file that could not be run counts as one failed.
// Fails for these, for a skipped or unfinished test, and for a report that is not there.
import { resultsOf } from './test-reports.mjs';

let passed = 0;
let failed = 0;
const faults = [];

for (const file of process.argv.slice(2)) {
  const results = resultsOf(file);
  if (results === null) {
    faults.push(`no report: ${file}`);
    continue;
  }
  const statuses = results.flatMap(({ assertionResults }) => assertionResults.map(({ status }) => status));
  const count = (wanted) => statuses.filter((status) => status === wanted).length;
  passed += count('passed');
  failed += count('failed');
  const left = statuses.length - count('passed') - count('failed');
  if (left > 0) faults.push(`${left} tests skipped or left to do: ${file}`);
  if (statuses.length === 0) faults.push(`no tests: ${file}`);
  for (const { name, status, assertionResults } of results) {
    if (status !== 'failed' || assertionResults.some((result) => result.status === 'failed')) continue;
    faults.push(`could not be run: ${name}`);
    failed += 1;
  }
}

for (const fault of faults) console.log(fault);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = faults.length === 0 && failed === 0 ? 0 : 1;
