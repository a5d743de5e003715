/** Data of an old server that the tests of writes begin with; references are links of that server. */

const OLD = 'http://old.example/rodan';
const BEGINNING = '2016-01-01T00:00:00Z';

/** A UUID that is told by its group of two characters and its number. */
export function uuid(group: string, number: number): string {
  return `${group}000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

/** A UUID as `resource_uuid` shows it. */
export const hex = (id: string): string => id.replaceAll('-', '');

/** A link as the old server showed it. */
export const oldLink = (kind: string, id: string): string => `${OLD}/${kind}/${id}/`;

/** Users by name, with their numbers. Their tokens are `token-<name>`. */
export const USERS = { root: 1, mia: 2, ada: 3, wil: 4, otto: 5 } as const;
export type UserName = keyof typeof USERS;

/** Resource types. */
export const PNG = uuid('a1', 1);
export const TEXT = uuid('a1', 2);
export const TIFF = uuid('a1', 3);

/** Installed jobs with their ports' types: `in`/`out` by name. */
export const STRAIGHTEN = {
  id: uuid('a2', 1),
  name: 'acme.jobs.straighten',
  in: { page: uuid('a3', 1) },
  out: { page: uuid('a4', 1) },
};
export const MERGE = {
  id: uuid('a2', 2),
  name: 'acme.jobs.merge',
  in: { left: uuid('a3', 2), right: uuid('a3', 3) },
  out: { merged: uuid('a4', 2), log: uuid('a4', 3) },
};
export const READ = {
  id: uuid('a2', 3),
  name: 'acme.jobs.read',
  in: { text: uuid('a3', 4) },
  out: { text: uuid('a4', 4) },
};
export const BIND = {
  id: uuid('a2', 4),
  name: 'acme.jobs.bind',
  in: { pages: uuid('a3', 5) },
  out: { book: uuid('a4', 5) },
};
export const SORT = {
  id: uuid('a2', 5),
  name: 'acme.jobs.sort',
  in: { pages: uuid('a3', 6) },
  out: { pages: uuid('a4', 6) },
};
/** Interactive, and without a dot in its name. */
export const EDIT = { id: uuid('a2', 6), name: 'edit', in: { page: uuid('a3', 7) }, out: { page: uuid('a4', 7) } };

function portType(id: string, name: string, types: readonly string[], more: object = {}): object {
  const limits = { minimum: 1, maximum: 1, is_list: false, ...more };
  return { uuid: id, name, ...limits, resource_types: types.map((type) => oldLink('resourcetype', type)) };
}

function job(
  { id, name }: { id: string; name: string },
  inputs: object[],
  outputs: object[],
  more: object = {},
): object {
  const rest = { description: null, category: 'Test', enabled: true, interactive: false, settings: { type: 'object' } };
  return { uuid: id, name, ...rest, ...more, input_port_types: inputs, output_port_types: outputs };
}

const ANGLE = {
  type: 'object',
  required: ['angle'],
  properties: { angle: { type: 'number', minimum: 0, default: 2 }, mode: { enum: ['fast', 'slow'] } },
};

const jobs = [
  job(STRAIGHTEN, [portType(STRAIGHTEN.in.page, 'page', [PNG, TIFF])], [portType(STRAIGHTEN.out.page, 'page', [PNG])], {
    settings: ANGLE,
    description: 'Straightens a page.',
  }),
  job(
    MERGE,
    [
      portType(MERGE.in.left, 'left', [PNG, TIFF], { maximum: 2 }),
      portType(MERGE.in.right, 'right', [PNG], { minimum: 0 }),
    ],
    [portType(MERGE.out.merged, 'merged', [PNG, TIFF]), portType(MERGE.out.log, 'log', [TEXT], { minimum: 0 })],
  ),
  job(READ, [portType(READ.in.text, 'text', [TEXT])], [portType(READ.out.text, 'text', [TEXT])]),
  job(BIND, [portType(BIND.in.pages, 'pages', [PNG], { is_list: true })], [portType(BIND.out.book, 'book', [PNG])]),
  job(
    SORT,
    [portType(SORT.in.pages, 'pages', [PNG], { is_list: true })],
    [portType(SORT.out.pages, 'pages', [PNG], { is_list: true })],
  ),
  job(EDIT, [portType(EDIT.in.page, 'page', [PNG])], [portType(EDIT.out.page, 'page', [PNG])], { interactive: true }),
];

/** Of mia, whose admin is ada and whose worker is wil. */
export const CHARTERS = uuid('b1', 1);
/** Of otto. */
export const FOREIGN = uuid('b1', 2);
const times = { created: BEGINNING, updated: BEGINNING };

const projects = [
  { uuid: CHARTERS, name: 'Charters', creator: 'mia', admins: ['mia', 'ada'], workers: ['wil'], ...times },
  { uuid: FOREIGN, name: 'Foreign', creator: 'otto', admins: ['otto'], workers: [], ...times },
];

/** Resources: three pages, one without a compatible file, a text; and one of another project. */
export const PAGE_1 = uuid('c1', 1);
export const PAGE_2 = uuid('c1', 2);
export const PAGE_3 = uuid('c1', 3);
export const UNREADY = uuid('c1', 4);
export const NOTES = uuid('c1', 5);
export const FOREIGN_PAGE = uuid('c1', 6);
/** Pages 1 and 2; page 1 and the one that is not ready; a page of another project. */
export const PAGES = uuid('c2', 1);
export const UNREADY_PAGES = uuid('c2', 2);
export const FOREIGN_PAGES = uuid('c2', 3);
/** A list of texts. */
export const TEXTS = uuid('c2', 4);

function resource(id: string, name: string, type: string, project = CHARTERS, isReady = true): object {
  const folder = `${OLD}/uploads/projects/${hex(project)}/resources/${hex(id)}`;
  return {
    uuid: id,
    name,
    project: oldLink('project', project),
    resource_type: oldLink('resourcetype', type),
    creator: project === CHARTERS ? 'mia' : 'otto',
    resource_file: `${folder}/original_file.png`,
    compat_resource_file: isReady ? `${folder}/compat_file.png` : null,
    processing_status: isReady ? 4 : 0,
    ...times,
  };
}

function resourceList(id: string, resources: readonly string[], project = CHARTERS, type = PNG): object {
  return {
    uuid: id,
    name: `list ${id.slice(-1)}`,
    project: oldLink('project', project),
    resource_type: oldLink('resourcetype', type),
    resources: resources.map((one) => oldLink('resource', one)),
    ...times,
  };
}

/** Run with this status, its run job, and that one's output. */
export const runOf = (status: number): string => uuid('d1', STATUSES.indexOf(status) + 1);
export const runJobOf = (status: number): string => uuid('d2', STATUSES.indexOf(status) + 1);
/** What a run may have as status (contract rodan, section 8). */
export const STATUSES = [1, 4, -1, 9, 11, 21, 29, 31];
const JOB_STATUS: Readonly<Record<number, number>> = { 1: 1, 4: 4, [-1]: -1, 9: 9, 11: 0, 21: 0, 29: 1, 31: -1 };
const OLD_SETTINGS = { angle: 3, '@done': [1] };

function workflowRun(id: string, status: number, more: object = {}): object {
  const rest = { name: `run ${status}`, creator: 'mia', workflow: null, ...times };
  return { uuid: id, project: oldLink('project', CHARTERS), status, ...rest, ...more };
}

function runJob(id: string, run: string, status: number, more: object = {}): object {
  return {
    uuid: id,
    workflow_run: oldLink('workflowrun', run),
    job_name: STRAIGHTEN.name,
    workflow_job_uuid: hex(uuid('b3', 1)),
    resource_uuid: null,
    job_settings: OLD_SETTINGS,
    status,
    ...(status === -1 && { error_summary: 'ValueError: no staff lines', error_details: 'Traceback' }),
    ...times,
    ...more,
  };
}

/** Waits for input, of nobody so far; for that of ada, whose time is not over; of ada, whose time is over. */
export const WAITING = uuid('d2', 21);
export const LOCKED = uuid('d2', 22);
export const EXPIRED = uuid('d2', 23);
export const WAITING_RUN = uuid('d1', 21);
const adasUntil = (time: string) => ({ working_user: `${OLD}/user/${USERS.ada}/`, working_user_expiry: time });

const waiting = [
  runJob(WAITING, WAITING_RUN, 2, { job_name: EDIT.name }),
  runJob(LOCKED, WAITING_RUN, 2, { job_name: EDIT.name, ...adasUntil('2200-01-01T00:00:00Z') }),
  runJob(EXPIRED, WAITING_RUN, 2, { job_name: EDIT.name, ...adasUntil('2016-01-01T00:00:15Z') }),
];

/** The whole of it. */
export const WORLD = {
  users: Object.entries(USERS).map(([username, number]) => ({
    url: `${OLD}/user/${number}/`,
    username,
    is_superuser: username === 'root',
    token: `token-${username}`,
  })),
  resourcetypes: [
    { uuid: PNG, mimetype: 'image/png', description: 'Image', extension: 'png' },
    { uuid: TEXT, mimetype: 'text/plain', description: 'Text', extension: 'txt' },
    { uuid: TIFF, mimetype: 'image/tiff', description: 'Image', extension: 'tiff' },
  ],
  jobs,
  projects,
  resources: [
    resource(PAGE_1, 'page 1', PNG),
    resource(PAGE_2, 'page 2', PNG),
    resource(PAGE_3, 'page 3', PNG),
    resource(UNREADY, 'unready', PNG, CHARTERS, false),
    resource(NOTES, 'notes', TEXT),
    resource(FOREIGN_PAGE, 'foreign', PNG, FOREIGN),
  ],
  resourcelists: [
    resourceList(PAGES, [PAGE_1, PAGE_2]),
    resourceList(UNREADY_PAGES, [PAGE_1, UNREADY]),
    resourceList(FOREIGN_PAGES, [FOREIGN_PAGE], FOREIGN),
    resourceList(TEXTS, [NOTES], CHARTERS, TEXT),
  ],
  workflowruns: [...STATUSES.map((status) => workflowRun(runOf(status), status)), workflowRun(WAITING_RUN, 1)],
  runjobs: [...STATUSES.map((status) => runJob(runJobOf(status), runOf(status), JOB_STATUS[status]!)), ...waiting],
};
