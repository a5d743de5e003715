import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { RODAN_EXPORT } from '../../../src/systems/rodan/export/index.js';
import { describeRoundTrip } from '../../support/round-trip-suite.js';
import { RandomData } from './import-random.js';
import { example, importDatabase } from './import-support.js';

const FILE = readFileSync(new URL('../../../examples/rodan.json', import.meta.url), 'utf8');

describeRoundTrip({
  open: importDatabase,
  systemExport: RODAN_EXPORT,
  documents: [
    ['the example of the contract', example()],
    ['the example file', FILE],
    ['no data', { projects: [] }],
  ],
  random: fc.gen().map((g) => new RandomData(g, 1).make().dump),
});
