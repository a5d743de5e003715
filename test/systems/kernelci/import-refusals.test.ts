import { afterAll, beforeAll, expect, it } from 'vitest';
import { boot, build, date, group, importDatabase, job, lab, oid, testCase, token } from './import-support.js';
import type { ImportDatabase } from './import-support.js';

let database: ImportDatabase;
let before: Awaited<ReturnType<ImportDatabase['content']>>;
beforeAll(async () => {
  database = await importDatabase();
  await database.take({
    job: [job(1)],
    boot: [boot(1)],
    lab: [lab(1)],
    token: [token(1)],
    test_case: [testCase(1, 1, 'PASS')],
  });
  before = await database.content();
});
afterAll(() => database.drop());

type Row = Record<string, unknown>;
const without = (row: Row, field: string): Row =>
  Object.fromEntries(Object.entries(row).filter(([name]) => name !== field));
/** Enough documents that the first ones are written before the fault is read. */
const many = Array.from({ length: 1_100 }, (_, number) => build(1_000 + number));
const ID = '{"$oid": 24 hexadecimal digits}';

function missing(array: string, row: Row, fields: string): [string, object, string][] {
  const { $oid } = row['_id'] as { $oid: string };
  return fields
    .split(' ')
    .map((field) => [
      `${array} without ${field}`,
      { [array]: [without(row, field)] },
      `${array}[0] (_id ${$oid}): ${field}: is required.`,
    ]);
}

const required: [string, object, string][] = [
  ...missing('job', job(5), 'job kernel git_branch created_on status'),
  ...missing('build', build(5), 'job kernel defconfig arch created_on status'),
  ...missing('boot', boot(5), 'board job kernel defconfig lab_name created_on status'),
  ...missing('lab', lab(5), 'name contact'),
  ...missing('token', token(5), 'token email properties'),
  ...missing('build_logs', { _id: oid('log', 5), build_id: oid('build', 1) }, 'build_id'),
  ...missing('job_logs', { _id: oid('log', 5), job_id: oid('job', 1) }, 'job_id'),
  ...['test_group', 'test_case', 'test_regression', 'statistics', 'api-token'].map(
    (array): [string, object, string] => [
      `${array} without _id`,
      { [array]: [{ created_on: date('2015-01-16T00:00:00Z') }] },
      `${array}[0]: _id: is required.`,
    ],
  ),
];

const types: [string, object, string][] = [
  ['a document that is no object', { job: [5] }, 'job[0]: must be an object.'],
  ['a document that is a list', { job: [[]] }, 'job[0]: must be an object.'],
  ['a collection that is an object', { build: {} }, 'build: must be an array.'],
  ['an id as text', { job: [job(5, { _id: 'x' })] }, `job[0]: _id: must be ${ID}, not "x".`],
  ['an id that is too short', { job: [job(5, { _id: { $oid: '54b8' } })] }, `_id: must be ${ID}, not {"$oid":"54b8"}.`],
  ['a required text of null', { build: [build(5, { arch: null })] }, 'arch: must be a text, not null.'],
  ['a git_branch that is a number', { job: [job(5, { git_branch: 5 })] }, 'git_branch: must be a text or null, not 5.'],
  [
    'a created_on as text',
    { boot: [boot(5, { created_on: '2015-01-16' })] },
    'created_on: must be {"$date": milliseconds since 1970}, not "2015-01-16".',
  ],
  ['a created_on beyond all times', { job: [job(5, { created_on: { $date: 1e16 } })] }, 'created_on: must be'],
  ['a contact that is a list', { lab: [lab(5, { contact: [] })] }, 'contact: must be an object, not [].'],
  ["a lab's token as text", { lab: [lab(5, { token: 'x' })] }, `token: must be ${ID} or null, not "x".`],
  [
    'properties that are too many',
    { token: [token(5, { properties: Array(17).fill(0) })] },
    'properties: must be a list of at most 16',
  ],
  ['properties of other numbers', { token: [token(5, { properties: [2] })] }, 'properties: must be a list'],
  ['an expired that is a number', { token: [token(5, { expired: 1 })] }, 'expired: must be true or false or null.'],
  ['an expires_on as text', { token: [token(5, { expires_on: '2030-01-01' })] }, 'expires_on: must be'],
  ['an ip_address as text', { token: [token(5, { ip_address: '10.0.0.1' })] }, 'ip_address: must be a list of texts'],
  [
    'a text that no index holds',
    { boot: [boot(5, { board: 'ü'.repeat(651) })] },
    'board: longer than 1300 bytes of UTF-8.',
  ],
];

const others: [string, object, string][] = [
  ['a fault at its end', { build: [...many, build(5, { arch: 1 })] }, 'build[1100] (_id '],
  ['an id twice', { job: [job(5), job(5)] }, `job[1] (_id ${oid('job', 5).$oid}): _id: job[0] has the same.`],
  ['an id twice, far apart', { build: [build(5), ...many, build(5)] }, 'build[1101] (_id'],
  [
    'an id twice that was there before',
    { job: [job(1), ...many.map((_, number) => job(number + 9)), job(1)] },
    '_id: the file has it twice.',
  ],
  [
    'a test case twice, far apart',
    { test_case: [testCase(1, 1, 'x'), ...many, testCase(1, 1, 'y')] },
    '_id: the file has it twice.',
  ],
  [
    'a test group with the id of a boot',
    { test_group: [group(1, { _id: oid('kboot', 1) })] },
    '_id: a document of another collection has the same.',
  ],
  ['two labs of a name', { lab: [lab(5), lab(6, { name: 'lab-5' })] }, 'name: lab[0] has the same.'],
  [
    'a lab of a name that another has',
    { lab: [lab(6, { name: 'lab-1' })] },
    `name: ${oid('lab', 1).$oid} of the database has the same.`,
  ],
  ['a token twice', { token: [token(5), token(6, { token: token(5).token })] }, 'token: token[0] has the same.'],
  [
    'a token that another has',
    { token: [token(6, { token: token(1).token })] },
    `token: ${oid('token', 1).$oid} of the database has the same.`,
  ],
];

it.each([...required, ...types, ...others])(
  'a file with %s is refused, and nothing of it is stored',
  async (_what, fault, message) => {
    await expect(database.take(fault)).rejects.toMatchObject({
      code: 'INVALID',
      message: expect.stringContaining(message),
    });
    expect(await database.content()).toEqual(before);
  },
);

it('no refusal repeats a token', async () => {
  const secret = 'a0000000-aaaa-4aaa-8aaa-0000000000a1';
  const faults = [{ token: { secret } }, { token: secret, email: { secret } }, { token: secret, properties: [secret] }];
  for (const fault of faults) {
    const refusal = await database.take({ token: [token(5, fault)] }).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'INVALID', message: expect.not.stringContaining('a0000000') });
  }
});

it('a file with none of the arrays is refused', async () => {
  const message = 'there is none of token, api-token, lab, job, build, defconfig, boot';
  const refusal = { code: 'INVALID', message: expect.stringContaining(message) };
  await expect(database.take({ users: [] })).rejects.toMatchObject(refusal);
});
