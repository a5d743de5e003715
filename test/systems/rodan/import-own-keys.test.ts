import { afterAll, beforeAll, expect, it } from 'vitest';
import { example, importDatabase, link, run, runJob, uuid, type ImportDatabase } from './import-support.js';

/** Keys that exports write beside those of the old server. */

let database: ImportDatabase;
let before: Awaited<ReturnType<ImportDatabase['content']>>;
beforeAll(async () => {
  database = await importDatabase();
  await database.take(example());
  before = await database.content();
});
afterAll(() => database.drop());

const NOWHERE = uuid('ff', 9);
const HASH = '0123456789abcdef'.repeat(4);
const request = (more: object = {}) => ({
  workflow_run_uuid: uuid('d1'),
  number: 2,
  request: 'cancel',
  project: link('project', uuid('b1')),
  name: 'first',
  created: '2016-01-04T00:00:00Z',
  ...more,
});
const input = (more: object) => ({ ...example().inputs![0], ...more });
const ida = (number: number) => ({ url: link('user', number), username: `ida${number}`, other_token_sha256: HASH });

it.each([
  [
    'a request that there is not',
    { runrequests: [request({ request: 'stop' })] },
    'runrequests[0]: request: must be one of run, cancel, retry, redo.',
  ],
  [
    'a request about no run',
    { runrequests: [request({ workflow_run_uuid: 'first' })] },
    'runrequests[0]: workflow_run_uuid: not a UUID: "first".',
  ],
  [
    'a request without a number',
    { runrequests: [request({ number: undefined })] },
    'runrequests[0]: number: is required.',
  ],
  [
    'a request that comes twice',
    { runrequests: [request(), request()] },
    `runrequests[1] (uuid ${uuid('d1')}/2): uuid: the file has it twice.`,
  ],
  [
    'a request in no project',
    { runrequests: [request({ project: link('project', NOWHERE) })] },
    `project: there is no project "${NOWHERE}".`,
  ],
  [
    'a type of port that there is not',
    { inputs: [input({ port_type: link('inputporttype', NOWHERE) })] },
    `port_type: there is no input port type "${NOWHERE}".`,
  ],
  ['a port that is no id', { inputs: [input({ input_port_uuid: 5 })] }, 'input_port_uuid: not a UUID: 5.'],
  ['a run job that may be ready', { runjobs: [runJob(3, { ready: null })] }, 'ready: must be true or false.'],
  ['a run that began at no time', { workflowruns: [run(3, { started: 'then' })] }, 'started: not a time such as'],
  [
    'a hash that is none',
    { users: [{ ...ida(20), other_token_sha256: 'abc' }] },
    'other_token_sha256: must be 64 hexadecimal digits.',
  ],
  ['a hash that two users have', { users: [ida(20), ida(21)] }, 'other_token_sha256: users[0] has the same.'],
])('%s: refused, and nothing of the file is stored', async (_title, dump, message) => {
  await expect(database.take(dump)).rejects.toMatchObject({
    code: 'INVALID',
    message: expect.stringContaining(message) as string,
  });
  expect(await database.content()).toEqual(before);
});

it('a file of the old server leaves alone when work began here and which agent has it', async () => {
  const work = { started: '2016-01-05T00:00:02Z', agent: 'one', agent_until: '2016-01-05T00:01:02Z' };
  await database.take({ workflowruns: [run(4)], runjobs: [runJob(4, work)] });
  const { job } = await database.content();
  await database.take({ runjobs: [runJob(4)] });
  expect((await database.content()).job).toEqual(job);
  expect(job.at(-1)).toMatchObject({ rodan_agent: 'one', started_at: Date.UTC(2016, 0, 5, 0, 0, 2) * 1000 });
});

it('a request may come after its run, and without it', async () => {
  await database.take({ runrequests: [request(), request({ workflow_run_uuid: NOWHERE, number: 1, request: 'run' })] });
  const rows = await database.rows(
    "SELECT legacy_id, legacy_state, rodan_run_uuid FROM event WHERE legacy_id IN ('" +
      `${uuid('d1')}', '${uuid('d1')}/2', '${NOWHERE}') ORDER BY id DESC`,
  );
  expect(rows).toHaveLength(3);
  expect(rows).toEqual(
    expect.arrayContaining([
      { legacy_id: uuid('d1'), legacy_state: 'run', rodan_run_uuid: uuid('d1') },
      { legacy_id: `${uuid('d1')}/2`, legacy_state: 'cancel', rodan_run_uuid: uuid('d1') },
      { legacy_id: NOWHERE, legacy_state: 'run', rodan_run_uuid: NOWHERE },
    ]),
  );
});
