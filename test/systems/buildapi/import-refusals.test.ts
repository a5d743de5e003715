import { afterAll, beforeAll, expect, it } from 'vitest';
import { MAX_RECORD_NUMBER } from '../../../src/core/ids.js';
import { branch, build, change, dump, EXAMPLE, job, request } from './fixture.js';
import { importDatabase, type ImportDatabase } from './import-support.js';

let database: ImportDatabase;
let before: Awaited<ReturnType<ImportDatabase['content']>>;
beforeAll(async () => {
  database = await importDatabase();
  await database.take(EXAMPLE);
  before = await database.content();
});
afterAll(() => database.drop());

const oneRequest = (more: object) => dump({ requests: [request(1, more)] });
const oneBuild = (more: object) => dump({ requests: [request(1)], builds: [build(1, 1, more)] });
const oneJob = (more: object) => dump({ jobs: [job(1, more)] });
const without = (row: Record<string, unknown>, field: string) =>
  Object.fromEntries(Object.entries(row).filter(([name]) => name !== field));
/** Enough rows that the first ones are written before the fault is read. */
const many = Array.from({ length: 1_500 }, (_, number) => request(1_000 + number));
const range = `must be an integer from 0 to ${MAX_RECORD_NUMBER}`;

function missing(array: string, idField: string, row: Record<string, unknown>, fields: string[]) {
  return fields.map((field): [string, object, string] => [
    `${array} without ${field}`,
    { ...dump({ requests: [request(1)] }), [array]: [without(row, field)] },
    `${array}[0]${field === idField || idField === '' ? '' : ` (${idField} 1)`}: ${field}: is required`,
  ]);
}

const required: [string, object, string][] = [
  ['no branches', { requests: [] }, 'branches: is required.'],
  ['no requests', { branches: [] }, 'requests: is required.'],
  ...missing('branches', '', branch('x'), ['name', 'repo']),
  ...missing('builders', '', { name: 'x', branch: 'ash' }, ['name', 'branch']),
  ...missing('changes', 'changeid', change(1), ['changeid', 'author', 'when_timestamp']),
  ...missing('requests', 'request_id', request(1), ['request_id', 'buildername', 'submittime']),
  ...missing('builds', 'build_id', build(1, 1), ['build_id', 'buildnumber', 'starttime', 'request_id']),
  ...missing('jobs', 'job_id', job(1), ['job_id', 'action', 'who', 'when', 'what']),
];

const types: [string, object, string][] = [
  ['a row that is no object', dump({ requests: [5] }), 'requests[0]: must be an object.'],
  ['an array that is an object', { branches: {} }, 'branches: must be an array.'],
  ['an id as text', oneRequest({ request_id: '1' }), `requests[0]: request_id: ${range}, not "1".`],
  ['a negative id', oneRequest({ request_id: -1 }), `requests[0] (request_id -1): request_id: ${range}, not -1.`],
  ['an id that is too large', oneRequest({ request_id: MAX_RECORD_NUMBER + 1 }), `request_id: ${range}`],
  ['a complete of 2', oneRequest({ complete: 2 }), 'complete: must be an integer from 0 to 1, not 2.'],
  ['a complete of true', oneRequest({ complete: true }), 'complete: must be an integer, not true.'],
  ['a priority beyond 32 bits', oneRequest({ priority: 2 ** 31 }), 'priority: must be an integer from -2147483648'],
  ['an unknown result', oneRequest({ results: 7 }), 'results: must be an integer from 0 to 6, not 7.'],
  ['properties that are a list', oneRequest({ properties: [] }), 'properties: must be an object.'],
  ['change_ids that are no ids', oneRequest({ change_ids: ['7'] }), `change_ids[0]: ${range}, not "7".`],
  [
    'a time as text',
    oneRequest({ submittime: '2015-06-01' }),
    'requests[0] (request_id 1): submittime: not a time in seconds since 1970: "2015-06-01".',
  ],
  ['a time of null', oneRequest({ submittime: null }), 'submittime: not a time in seconds since 1970: null.'],
  ['a time that is too large', oneRequest({ complete_at: 1e10 }), 'complete_at: not a time in seconds'],
  ['NUL in a text', oneRequest({ branch: 'a\0' }), 'branch: must not contain the NUL character.'],
  ['an unknown status', oneBuild({ status: -1 }), 'builds[0] (build_id 1): status: must be an integer from 0 to 6'],
  [
    'a build of no request',
    oneBuild({ request_id: null, requests: [] }),
    'builds[0] (build_id 1): request_id: is required',
  ],
  [
    'a build of a request without id',
    oneBuild({ request_id: null, requests: [null] }),
    'request_id: is required, or requests with a request_id.',
  ],
  [
    'a build of a request whose id is a text',
    oneBuild({ request_id: null, requests: [{ request_id: '1' }] }),
    `requests[0].request_id: ${range}, not "1".`,
  ],
  ['a what that is no object', oneJob({ what: 'x' }), 'jobs[0] (job_id 1): what: must be an object.'],
  ['a what of null', oneJob({ what: null }), 'what: must be an object.'],
  ['a branch without name', dump({ branches: [branch('')] }), 'branches[0]: name: must not be empty.'],
  ['files that are no texts', dump({ changes: [change(1, { files: [1] })] }), 'files[0]: must be a text, not 1.'],
];

const rules: [string, object, string][] = [
  [
    'a request id that is there twice',
    dump({ requests: [request(44), request(2), request(44)] }),
    'requests[2] (request_id 44): request_id: requests[0] has the same.',
  ],
  [
    'a request id that is there twice, far apart',
    dump({ requests: [request(1), ...many, request(1)] }),
    'requests[1501] (request_id 1): request_id: requests[0] has the same.',
  ],
  [
    'a build id that is there twice',
    dump({ requests: [request(1), request(2)], builds: [build(1, 1), build(1, 2)] }),
    'builds[1] (build_id 1): build_id: builds[0] has the same.',
  ],
  [
    'a change id that is there twice',
    dump({ changes: [change(1), change(1)] }),
    'changes[1] (changeid 1): changeid: changes[0] has the same.',
  ],
  [
    'a job id that is there twice',
    dump({ jobs: [job(1), job(1)] }),
    'jobs[1] (job_id 1): job_id: jobs[0] has the same.',
  ],
  [
    'a branch that is there twice',
    dump({ branches: [branch('x'), branch('x')] }),
    'branches[1]: name: branches[0] has the same, "x".',
  ],
  [
    'a builder of a branch that is nowhere',
    dump({
      builders: [
        { name: 'a', branch: 'ash' },
        { name: 'a', branch: 'constructor' },
      ],
    }),
    'builders[1]: branch: there is no branch "constructor".',
  ],
  [
    'a request of a change that is nowhere',
    dump({ requests: [...many, request(44, { change_ids: [7, 999] })] }),
    'requests[1500] (request_id 44): change_ids: there is no change 999.',
  ],
  [
    'a build of a request that is nowhere',
    dump({ requests: [request(1)], builds: [build(1, 1), build(2, 41), build(3, 999)] }),
    'builds[2] (build_id 3): request_id: there is no request 999.',
  ],
];

it.each([...required, ...types, ...rules])(
  '%s is refused with the row named, and nothing is stored',
  async (_what, document, message) => {
    await expect(database.take(document)).rejects.toThrow(message);
    expect(await database.content()).toEqual(before);
  },
);

it('a file that ends in the middle is refused, and nothing of it is stored', async () => {
  const text = JSON.stringify(dump({ requests: many }));
  await expect(database.take(text.slice(0, -100))).rejects.toThrow('the text ends inside requests[1498].');
  expect(await database.content()).toEqual(before);
});
