import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Kind, State } from '../../../src/core/model/states.js';
import { countsOf } from '../../support/import-database.js';
import { boot, group, importDatabase, oid, testCase, type ImportDatabase } from './import-support.js';

let database: ImportDatabase;
beforeEach(async () => {
  database = await importDatabase();
});
afterEach(() => database.drop());

describe('test groups', () => {
  const states = () => database.rows('SELECT legacy_state AS status, state FROM job ORDER BY id');
  const [PASS, FAIL] = [
    { status: 'PASS', state: State.SUCCEEDED },
    { status: 'FAIL', state: State.FAILED },
  ];

  it('are as bad as the worst of their cases', async () => {
    const ofCases = [
      ['PASS', 'SKIP'],
      ['PASS', 'FAIL', 'SKIP'],
      ['PASS', 'ERROR'],
      ['SKIP', 'UNKNOWN'],
      ['UNKNOWN'],
      [],
    ];
    const cases = ofCases.flatMap((statuses, of) => statuses.map((one, index) => testCase(of * 10 + index, of, one)));
    await database.take({
      test_case: [...cases, testCase(99, 99, 'FAIL')],
      test_group: ofCases.map((_, of) => group(of)),
    });
    const [SKIP, UNKNOWN] = [
      { status: 'SKIP', state: State.SKIPPED },
      { status: 'UNKNOWN', state: State.UNKNOWN },
    ];
    expect(await states()).toEqual([PASS, FAIL, FAIL, SKIP, UNKNOWN, UNKNOWN]);
  });

  it('are as bad as the worst case inside, however deep, also when only cases come later', async () => {
    const groups = [
      group(1),
      group(2, { parent_id: oid('group', 1) }),
      group(3, { parent_id: oid('group', 2) }),
      group(4, { parent_id: oid('group', 1) }),
    ];
    await database.take({ test_group: groups, test_case: [testCase(1, 3, 'PASS')] });
    expect(await states()).toEqual([PASS, PASS, PASS, { status: 'UNKNOWN', state: State.UNKNOWN }]);
    await database.take({ test_case: [testCase(2, 4, 'FAIL')] });
    expect(await states()).toEqual([FAIL, PASS, PASS, FAIL]);
    await database.take({ test_case: [testCase(2, 4, 'PASS')] });
    expect(await states()).toEqual([PASS, PASS, PASS, PASS]);
    expect(countsOf(await database.take({ test_group: groups }))).toEqual({ 'test groups': [0, 0, 4] });
    expect(await states()).toEqual([PASS, PASS, PASS, PASS]);
  });

  it('that are inside each other are as bad as the worst of both', async () => {
    const groups = [group(1, { parent_id: oid('group', 2) }), group(2, { parent_id: oid('group', 1) })];
    await database.take({ test_group: groups, test_case: [testCase(1, 1, 'FAIL')] });
    expect(await states()).toEqual([FAIL, FAIL]);
  });

  it('are numbered with the boots', async () => {
    await database.take({ test_group: [group(1)], boot: [boot(1)] });
    const query = 'SELECT id, kernelci_collection AS collection FROM job ORDER BY id';
    expect((await database.rows(query)).map(({ collection }) => collection).toSorted()).toEqual([1, 2]);
    expect((await database.content()).record_key.find(({ kind }) => kind === Kind.JOB)).toMatchObject({
      last_number: 2,
    });
  });
});
