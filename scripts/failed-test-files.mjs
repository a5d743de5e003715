// Names the files of a Vitest report in which a test failed, a line each. Fails when there is none, or so many that
// running them once more would only take time.
import { relative } from 'node:path';
import { resultsOf } from './test-reports.mjs';

const MOST = 3;

const failed = (resultsOf(process.argv[2]) ?? []).filter(({ status }) => status === 'failed');
if (failed.length === 0 || failed.length > MOST) process.exitCode = 1;
else console.log(failed.map(({ name }) => relative(process.cwd(), name)).join('\n'));
