import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SecretBox } from '../../../src/core/auth/secrets.js';
import { KERNELCI_EXPORT } from '../../../src/systems/kernelci/export/index.js';
import { copiedFrom, exported } from '../../support/round-trip.js';
import { describeRoundTrip } from '../../support/round-trip-suite.js';
import { group, importDatabase, lab, testCase, token } from './import-support.js';
import { dataSet, vocabulary } from './random-documents.js';
import { KERNELCI_IMPORT, oidOf, TOKENS } from './rest-fixture.js';
import { KernelciServer } from './rest-support.js';
import { BUILD } from './write-bodies.js';
import { written } from './write-support.js';

const FILE = readFileSync(new URL('../../../examples/kernelci.json', import.meta.url), 'utf8');
const NOW = Date.UTC(2026, 0, 1);

/** JSON has no minus zero. */
const random = vocabulary
  .chain((texts) => dataSet(texts, NOW))
  .map((data) => JSON.parse(JSON.stringify({ ...data, token: [token(1), token(2)], lab: [lab(1)] })) as object);

describeRoundTrip({
  open: importDatabase,
  systemExport: KERNELCI_EXPORT,
  documents: [
    ['the example file', FILE],
    ['the documents of the tests', KERNELCI_IMPORT],
    ['groups and cases', { test_group: [group(2), group(1)], test_case: [testCase(1, 1, 'FAIL')] }],
    ['no data', { job: [] }],
  ],
  random,
});

describe('what clients reported', () => {
  let server: KernelciServer;
  beforeAll(async () => {
    server = await KernelciServer.start();
    await written(server, 'POST', '/job', { job: 'mainline', kernel: 'v4.0', git_branch: 'master' });
    await written(server, 'POST', '/build', { ...BUILD, job: 'mainline', kernel: 'v4.0', status: 'FAIL' });
    const boot = { ...BUILD, job: 'mainline', kernel: 'v4.0', board: 'juno', lab_name: 'lab-new', version: '1.0' };
    await written(server, 'POST', '/lab', {
      name: 'lab-new',
      contact: { name: 'A', surname: 'B', email: 'new@example.org' },
    });
    await written(server, 'POST', '/boot', { ...boot, boot_result: 'PASS' });
    await written(server, 'POST', '/test/group', {
      ...boot,
      build_environment: 'gcc-8',
      name: 'group',
      test_cases: [{ name: 'case', status: 'FAIL' }],
    });
    await written(server, 'POST', '/token', { email: 'other@example.org', post: true });
  });
  afterAll(() => server.close());

  it('is the same in a database that gets the export, with tokens that open it', async () => {
    const { original, copy, exported: told } = await copiedFrom(server.gateway, importDatabase, KERNELCI_EXPORT);
    expect(copy).toEqual(original);
    expect(told.remarks).toEqual([]);
    const { token: tokens } = JSON.parse(told.text) as { token: { token: string }[] };
    expect(tokens.map((document) => document.token)).toEqual(expect.arrayContaining(Object.values(TOKENS)));
  });

  it.each([
    ['with another key', { secret: 'y'.repeat(32), file: null }],
    ['without a key, and none is made', { secret: null, file: '/nonexistent/buildgate.secret' }],
  ])('is written without its tokens %s, and that is said', async (_, settings) => {
    const { text, remarks, counts } = await exported(
      server.gateway.config.database,
      KERNELCI_EXPORT,
      SecretBox.open(settings),
    );
    expect(JSON.parse(text)).toMatchObject({ token: [] });
    expect(counts[0]).toEqual({ name: { one: 'token', many: 'tokens' }, total: 0 });
    const ids = Array.from({ length: 10 }, (_id, index) => oidOf(index + 1)).join(', ');
    expect(remarks).toEqual([
      `tokens that are left out, because they cannot be decrypted with the key of this installation: 12 (${ids}, ...)`,
    ]);
  });
});
