import { afterAll, beforeAll, expect, it } from 'vitest';
import { example, importDatabase, link, run, runJob, uuid, type Dump, type ImportDatabase } from './import-support.js';

let database: ImportDatabase;
let before: Awaited<ReturnType<ImportDatabase['content']>>;
beforeAll(async () => {
  database = await importDatabase();
  await database.take(example());
  before = await database.content();
});
afterAll(() => database.drop());

type Fault = [title: string, dump: unknown, message: string];

/** The first row of a collection of the example with other members; those that are undefined are left out. */
const changed = (name: string, more: object): Dump => {
  const dump = example();
  dump[name] = [{ ...dump[name]?.[0], ...more }, ...(dump[name]?.slice(1) ?? [])];
  return dump;
};

/** How a refusal begins that is about the first row of a collection. */
const ID: Readonly<Record<string, string>> = {
  users: 'username mia',
  resourcetypes: `uuid ${uuid('a1')}`,
  jobs: `uuid ${uuid('a2')}`,
  projects: `uuid ${uuid('b1')}`,
  workflows: `uuid ${uuid('b2')}`,
  workflowjobs: `uuid ${uuid('b3')}`,
  workflowjobgroups: `uuid ${uuid('b4')}`,
  inputports: `uuid ${uuid('b5')}`,
  outputports: `uuid ${uuid('b6')}`,
  connections: `uuid ${uuid('b7')}`,
  resources: `uuid ${uuid('c1')}`,
  resourcelists: `uuid ${uuid('c2')}`,
  workflowruns: `uuid ${uuid('d1')}`,
  runjobs: `uuid ${uuid('d2')}`,
  inputs: `uuid ${uuid('d3')}`,
  outputs: `uuid ${uuid('d4')}`,
};
const first = (name: string): string => `${name}[0] (${ID[name]})`;

const REQUIRED: Readonly<Record<string, string>> = {
  users: 'url',
  resourcetypes: 'mimetype',
  jobs: 'name',
  projects: 'name creator created updated',
  workflows: 'project name valid created updated',
  workflowjobs: 'workflow job created updated',
  workflowjobgroups: 'name workflow workflow_jobs',
  inputports: 'workflow_job input_port_type',
  outputports: 'workflow_job output_port_type',
  connections: 'input_port output_port',
  resources: 'project resource_type created updated',
  resourcelists: 'project resources',
  workflowruns: 'project status created updated',
  runjobs: 'workflow_run job_name workflow_job_uuid status created updated',
  inputs: 'run_job input_port_type_name',
  outputs: 'run_job output_port_type_name',
};
const required: Fault[] = Object.entries(REQUIRED).flatMap(([name, fields]) =>
  fields
    .split(' ')
    .map((field): Fault => [
      `${name} without ${field}`,
      changed(name, { [field]: undefined }),
      `${first(name)}: ${field}: is required.`,
    ]),
);
const withoutIds: Fault[] = Object.keys(REQUIRED)
  .filter((name) => name !== 'users')
  .map((name) => [`${name} without an id`, changed(name, { uuid: undefined }), `${name}[0]: uuid: is required.`]);

const NOWHERE = uuid('ff', 9);
/** Collection, field, kind of the link, what is not there. */
const LINKS: [string, string, string, string][] = [
  ['workflows', 'project', 'project', 'project'],
  ['workflowjobs', 'workflow', 'workflow', 'workflow'],
  ['workflowjobs', 'job', 'job', 'job'],
  ['workflowjobs', 'group', 'workflowjobgroup', 'workflow job group'],
  ['workflowjobgroups', 'workflow', 'workflow', 'workflow'],
  ['workflowjobgroups', 'origin', 'workflow', 'workflow'],
  ['inputports', 'workflow_job', 'workflowjob', 'workflow job'],
  ['inputports', 'input_port_type', 'inputporttype', 'input port type'],
  ['outputports', 'workflow_job', 'workflowjob', 'workflow job'],
  ['outputports', 'output_port_type', 'outputporttype', 'output port type'],
  ['connections', 'input_port', 'inputport', 'input port'],
  ['connections', 'output_port', 'outputport', 'output port'],
  ['resources', 'project', 'project', 'project'],
  ['resources', 'resource_type', 'resourcetype', 'resource type'],
  ['resources', 'origin', 'output', 'output'],
  ['resourcelists', 'project', 'project', 'project'],
  ['resourcelists', 'resource_type', 'resourcetype', 'resource type'],
  ['resourcelists', 'origin', 'output', 'output'],
  ['workflowruns', 'project', 'project', 'project'],
  ['workflowruns', 'workflow', 'workflow', 'workflow'],
  ['workflowruns', 'last_redone_runjob_tree', 'runjob', 'run job'],
  ['runjobs', 'workflow_run', 'workflowrun', 'workflow run'],
  ['inputs', 'run_job', 'runjob', 'run job'],
  ['inputs', 'resource', 'resource', 'resource'],
  ['inputs', 'resource_list', 'resourcelist', 'resource list'],
  ['inputs', 'input_port', 'inputport', 'input port'],
  ['outputs', 'run_job', 'runjob', 'run job'],
  ['outputs', 'output_port', 'outputport', 'output port'],
];
const dangling: Fault[] = [
  ...LINKS.map(([name, field, kind, words]): Fault => [
    `${name} with a dangling ${field}`,
    changed(name, { [field]: link(kind, NOWHERE) }),
    `${first(name)}: ${field}: there is no ${words} "${NOWHERE}".`,
  ]),
  [
    'a list with a dangling resource',
    changed('resourcelists', { resources: [link('resource', uuid('c1')), link('resource', NOWHERE)] }),
    `${first('resourcelists')}: resources: there is no resource "${NOWHERE}".`,
  ],
  [
    'a group with a dangling workflow job',
    changed('workflowjobgroups', { workflow_jobs: [link('workflowjob', NOWHERE)] }),
    `${first('workflowjobgroups')}: workflow_jobs: there is no workflow job "${NOWHERE}".`,
  ],
  ...['projects', 'workflows', 'workflowruns', 'resources'].map((name): Fault => [
    `${name} of a creator whom nobody knows`,
    changed(name, { creator: 'zed' }),
    `${first(name)}: creator: there is no user "zed".`,
  ]),
  ...['admins', 'workers'].map((field): Fault => [
    `projects with ${field} whom nobody knows`,
    changed('projects', { [field]: ['mia', 'zed'] }),
    `${first('projects')}: ${field}: there is no user "zed".`,
  ]),
  [
    'run jobs with a working user whom nobody knows',
    changed('runjobs', { working_user: link('user', 77) }),
    `${first('runjobs')}: working_user: there is no user 77.`,
  ],
  [
    'a type of port that takes what is not there',
    changed('jobs', {
      input_port_types: [
        { uuid: uuid('a3'), name: 'page', minimum: 1, maximum: 1, resource_types: [link('resourcetype', NOWHERE)] },
      ],
    }),
    `jobs[0].input_port_types[0] (uuid ${uuid('a3')}): resource_types: there is no resource type "${NOWHERE}".`,
  ],
  [
    'a type of port of a job that is not there',
    {
      outputporttypes: [{ uuid: uuid('a4', 9), job: link('job', NOWHERE), name: 'x', minimum: 0, maximum: 1 }],
    },
    `outputporttypes[0] (uuid ${uuid('a4', 9)}): job: there is no job "${NOWHERE}".`,
  ],
];

const types: Fault[] = [
  ['nothing that is asked for', { events: [] }, 'there is none of users, resourcetypes, jobs'],
  ['a row that is no object', { projects: [5] }, 'projects[0]: must be an object.'],
  ['an array that is an object', { projects: {} }, 'projects: must be an array.'],
  ['an id that is none', changed('projects', { uuid: 'b1' }), 'projects[0]: uuid: not a UUID: "b1".'],
  [
    'a url of another id',
    changed('projects', { url: link('project', uuid('b1', 2)) }),
    `${first('projects')}: url: the id there is not ${uuid('b1')}.`,
  ],
  [
    'a link to something else',
    changed('workflows', { project: link('workflow', uuid('b1')) }),
    `${first('workflows')}: project: not a link to project/{id}/: "http://old.example/rodan/workflow/${uuid('b1').slice(0, 10)}`,
  ],
  ['a link that is a number', changed('workflows', { project: 5 }), `project: not a link to project/{id}/: 5.`],
  ['a link of null', changed('workflows', { project: null }), `project: not a link to project/{id}/: null.`],
  ['a time without zone', changed('projects', { created: '2016-01-01T00:00:00' }), 'created: not a time such as'],
  ['a time beyond what is exact', changed('projects', { updated: '9999-01-01T00:00:00Z' }), 'updated: not a time such'],
  ['a status that is a text', changed('workflowruns', { status: '4' }), 'status: must be an integer, not "4".'],
  ['a status beyond all codes', changed('runjobs', { status: 99_999 }), 'status: there is no state 99999.'],
  ['a truth that is a number', changed('workflows', { valid: 1 }), 'valid: must be true or false.'],
  ['a name of null', changed('projects', { name: null }), 'name: must be a text, not null.'],
  ['a name that is too long', changed('workflows', { name: 'x'.repeat(101) }), 'name: has more than 100 characters.'],
  ['a name with NUL', changed('projects', { name: 'a\0' }), 'name: must not contain the NUL character.'],
  ['settings that are no object', changed('jobs', { settings: [] }), 'settings: must be an object.'],
  [
    'ports without a maximum',
    changed('jobs', { input_port_types: [{ uuid: uuid('a3'), name: 'x', minimum: 0 }] }),
    `jobs[0].input_port_types[0] (uuid ${uuid('a3')}): maximum: is required.`,
  ],
  [
    'a file somewhere else',
    changed('resources', { resource_file: 'http://old.example/a.png' }),
    'resource_file: not the address of a file below /uploads/: "http://old.example/a.png".',
  ],
  ['a working user by name', changed('runjobs', { working_user: 'mia' }), 'working_user: not a link to a user: "mia".'],
  [
    'a workflow job that is no id',
    changed('runjobs', { workflow_job_uuid: 'b3' }),
    'workflow_job_uuid: not 32 hex digits: "b3".',
  ],
  ['admins that are a text', changed('projects', { admins: 'mia' }), 'admins: must be a list.'],
  [
    'a plain password',
    changed('users', { password: 'lamp' }),
    `${first('users')}: password: must be pbkdf2_sha256$ITER`,
  ],
  ['a token with blanks', changed('users', { token: 'a b' }), `${first('users')}: token: must be up to 255 printable`],
  ['a user whose link has no number', changed('users', { url: link('user', 'mia') }), 'url: not a link to user/{id}/'],
  [
    'a user name with a colon',
    changed('users', { username: 'a:b' }),
    'users[0]: username: not the name of a user: "a:b".',
  ],
  [
    'half a surrogate pair',
    '{"projects": [{"uuid": "b1000000-0000-4000-8000-000000000001", "name": "\\ud800"}]}',
    'name: must not contain half of a surrogate pair.',
  ],
  ['a text that ends early', '{"projects": [{"uuid": ', 'the text ends inside projects[0].'],
];

const twice = (name: string, more: object = {}): Dump => {
  const dump = example();
  return { ...dump, [name]: [...(dump[name] ?? []), { ...dump[name]?.[0], ...more }] };
};
const second = (number: number): Dump => ({
  ...example(),
  workflowjobgroups: [
    ...example().workflowjobgroups!,
    { ...example().workflowjobgroups![0], uuid: uuid('b4', number) },
  ],
});
const conflicts: Fault[] = [
  ...Object.keys(REQUIRED)
    .filter((name) => name !== 'users')
    .map((name): Fault => {
      const last = example()[name]!.length;
      return [`${name} twice`, twice(name), `${name}[${last}] (${ID[name]}): uuid: the file has it twice.`];
    }),
  [
    'a name of a user twice',
    twice('users', { url: link('user', 5) }),
    'users[2]: username: users[0] has the same, "mia".',
  ],
  ['a number of a user twice', twice('users', { username: 'zoe' }), 'users[2] (id 7): id: users[0] has the same.'],
  [
    'a token twice',
    twice('users', { username: 'zoe', url: link('user', 5) }),
    'users[2] (username zoe): token: users[0] has the same.',
  ],
  [
    'a token that somebody has here',
    { users: [{ ...example().users![0], username: 'zoe', url: link('user', 5) }] },
    'users[0] (username zoe): token: "mia" has the same here.',
  ],
  [
    'a name of a job twice',
    twice('jobs', { uuid: uuid('a2', 2), input_port_types: [], output_port_types: [] }),
    `jobs[1] (uuid ${uuid('a2', 2)}): name: the file has "acme.jobs.straighten" twice.`,
  ],
  [
    'a name that another job has here',
    { jobs: [{ uuid: uuid('a2', 2), name: 'acme.jobs.straighten' }] },
    `jobs[0] (uuid ${uuid('a2', 2)}): name: "${uuid('a2')}" of the database has the same.`,
  ],
  [
    'a mimetype that another type has here',
    { resourcetypes: [{ uuid: uuid('a1', 2), mimetype: 'text/plain' }] },
    `resourcetypes[0] (uuid ${uuid('a1', 2)}): mimetype: "${uuid('a1')}" of the database has the same.`,
  ],
  [
    'a workflow job in two groups',
    second(2),
    `workflowjobgroups[1] (uuid ${uuid('b4', 2)}): workflow_jobs: "${uuid('b3')}" is in another group.`,
  ],
];

/** Enough rows that the first ones are collected before the fault is read. */
const many: Dump = {
  workflowruns: Array.from({ length: 1_500 }, (_, number) => run(100 + number)),
  runjobs: [...Array.from({ length: 1_500 }, (_, number) => runJob(100 + number)), { uuid: uuid('d2', 5) }],
};

it.each([
  ...required,
  ...withoutIds,
  ...dangling,
  ...types,
  ...conflicts,
  ['a fault after many rows', many, `runjobs[1500] (uuid ${uuid('d2', 5)}): `] as Fault,
])('%s: refused, and nothing of the file is stored', async (_title, dump, message) => {
  await expect(database.take(dump)).rejects.toMatchObject({
    code: 'INVALID',
    message: expect.stringContaining(message) as string,
  });
  expect(await database.content()).toEqual(before);
});
