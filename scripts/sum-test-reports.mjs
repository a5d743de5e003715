// Sums Vitest's JSON reports into one last line, "N passed, N failed"; a file that could not be run counts as one failed.
// Fails for these, for a skipped or unfinished test, and for a report that is not there.
import { existsSync, readFileSync } from 'node:fs';

let passed = 0;
let failed = 0;
const faults = [];

for (const file of process.argv.slice(2)) {
  if (!existsSync(file)) {
    faults.push(`no report: ${file}`);
    continue;
  }
  const report = JSON.parse(readFileSync(file, 'utf8'));
  passed += report.numPassedTests;
  failed += report.numFailedTests;
  const left = report.numTotalTests - report.numPassedTests - report.numFailedTests;
  if (left > 0) faults.push(`${left} tests skipped or left to do: ${file}`);
  if (report.numTotalTests === 0) faults.push(`no tests: ${file}`);
  for (const { name, status, assertionResults } of report.testResults) {
    if (status !== 'failed' || assertionResults.some((result) => result.status === 'failed')) continue;
    faults.push(`could not be run: ${name}`);
    failed += 1;
  }
}

for (const fault of faults) console.log(fault);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = faults.length === 0 && failed === 0 ? 0 : 1;
