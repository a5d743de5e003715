// Sums Vitest's JSON reports into one last line, "N passed, N failed". Fails for a failed test, a suite that could not be
// loaded, a skipped or unfinished test, and a report that is not there.
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
  if (!report.success && report.numFailedTests === 0) faults.push(`a file could not be run: ${file}`);
}

for (const fault of faults) console.log(fault);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = faults.length === 0 && failed === 0 ? 0 : 1;
