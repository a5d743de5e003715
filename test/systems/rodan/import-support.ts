import { RODAN_IMPORT } from '../../../src/systems/rodan/import/index.js';
import { openImportDatabase, SHARED_TABLES, type ImportDatabase as Opened } from '../../support/import-database.js';

/** All tables that an import could touch, and what tells their rows' order. */
const TABLES = {
  ...SHARED_TABLES,
  member: 'id',
  rodan_user: 'id',
  rodan_project: 'id',
  rodan_project_member: 'project_uuid, role, user_number',
  rodan_resource_type: 'id',
  rodan_job: 'id',
  rodan_input_port_type: 'id',
  rodan_output_port_type: 'id',
  rodan_input_port_type_resource_type: 'port_type_uuid, resource_type_uuid',
  rodan_output_port_type_resource_type: 'port_type_uuid, resource_type_uuid',
  rodan_workflow: 'id',
  rodan_workflow_job_group: 'id',
  rodan_workflow_job: 'id',
  rodan_input_port: 'id',
  rodan_output_port: 'id',
  rodan_connection: 'id',
  rodan_output: 'id',
  rodan_resource: 'id',
  rodan_resource_list: 'id',
  rodan_resource_list_item: 'list_uuid, position',
  rodan_input: 'id',
} as const;

/** A migrated database with a store to look into it. */
export type ImportDatabase = Opened<keyof typeof TABLES>;

export function importDatabase(): Promise<ImportDatabase> {
  return openImportDatabase(RODAN_IMPORT, TABLES);
}

type Row = Record<string, unknown>;
/** A file: collections by name. */
export type Dump = Record<string, Row[]>;

/** The UUID of the object with a number of a collection that has a letter and a digit. */
export const uuid = (collection: string, number = 1): string =>
  `${collection}000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`;

/** A link as the old server showed it. */
export const link = (kind: string, id: string | number): string => `http://old.example/rodan/${kind}/${id}/`;

/** The UUID as run jobs have those of others. */
export const hex = (id: string): string => id.replaceAll('-', '');

const TIMES = { created: '2016-01-02T00:00:00Z', updated: '2016-01-02T00:00:00Z' };
const TYPE = link('resourcetype', uuid('a1'));
const portType = (name: string, id: string): Row => ({
  uuid: id,
  name,
  minimum: 1,
  maximum: 1,
  is_list: false,
  resource_types: [TYPE],
});

/** The example of contract rodan, section 14, with what it leaves out: another of each collection that it lacks. */
export function example(): Dump {
  return {
    users: [
      {
        url: 'http://old.example/user/7/',
        username: 'mia',
        email: 'mia@example.org',
        // The password is "lamp".
        password: 'pbkdf2_sha256$20000$s4lt$Bsg1NfyG/tm4nfy3BcHCgITis9SDzm17rZwh1Kn4g4g=',
        token: '9f3b2c1d0e4f5a6b7c8d9e0f1a2b3c4d5e6f7a8b',
      },
      { url: link('user', 9), username: 'ole', first_name: 'Ole', last_name: 'Berg', is_staff: true },
    ],
    resourcetypes: [{ uuid: uuid('a1'), mimetype: 'text/plain', description: 'Plain text', extension: 'txt' }],
    jobs: [
      {
        uuid: uuid('a2'),
        name: 'acme.jobs.straighten',
        settings: { type: 'object' },
        description: null,
        category: 'Image',
        enabled: true,
        interactive: false,
        input_port_types: [portType('page', uuid('a3'))],
        output_port_types: [portType('page', uuid('a4'))],
      },
    ],
    projects: [{ uuid: uuid('b1'), name: 'Charters', creator: 'mia', admins: ['mia'], workers: ['ole'], ...TIMES }],
    workflows: [
      {
        uuid: uuid('b2'),
        project: link('project', uuid('b1')),
        name: 'straighten',
        valid: true,
        creator: 'mia',
        ...TIMES,
      },
    ],
    workflowjobs: [
      {
        uuid: uuid('b3'),
        workflow: link('workflow', uuid('b2')),
        job: link('job', uuid('a2')),
        job_settings: { angle: 2.5 },
        name: 'straighten it',
        ...TIMES,
      },
    ],
    workflowjobgroups: [
      {
        uuid: uuid('b4'),
        name: 'all of it',
        workflow: link('workflow', uuid('b2')),
        workflow_jobs: [link('workflowjob', uuid('b3'))],
        ...TIMES,
      },
    ],
    inputports: [
      {
        uuid: uuid('b5'),
        workflow_job: link('workflowjob', uuid('b3')),
        input_port_type: link('inputporttype', uuid('a3')),
        label: 'page',
        extern: true,
      },
    ],
    outputports: [
      {
        uuid: uuid('b6'),
        workflow_job: link('workflowjob', uuid('b3')),
        output_port_type: link('outputporttype', uuid('a4')),
        label: 'page',
        extern: true,
      },
    ],
    connections: [
      {
        uuid: uuid('b7'),
        input_port: link('inputport', uuid('b5')),
        output_port: link('outputport', uuid('b6')),
      },
    ],
    resources: [
      {
        uuid: uuid('c1'),
        project: link('project', uuid('b1')),
        resource_type: TYPE,
        creator: 'ole',
        name: 'folio 12',
        description: 'A page.',
        resource_file: `https://old.example/rodan/uploads/projects/${hex(uuid('b1'))}/resources/${hex(uuid('c1'))}/original_file.txt`,
        compat_resource_file: `/uploads/projects/${hex(uuid('b1'))}/resources/${hex(uuid('c1'))}/compat_file.txt`,
        has_thumb: true,
        processing_status: 4,
        error_summary: '',
        error_details: null,
        origin: null,
        ...TIMES,
      },
      {
        uuid: uuid('c1', 2),
        project: link('project', uuid('b1')),
        resource_type: TYPE,
        creator: null,
        name: 'straight folio 12',
        origin: link('output', uuid('d4')),
        ...TIMES,
      },
    ],
    resourcelists: [
      {
        uuid: uuid('c2'),
        name: 'folios',
        project: link('project', uuid('b1')),
        resource_type: TYPE,
        resources: [link('resource', uuid('c1', 2)), link('resource', uuid('c1'))],
        ...TIMES,
      },
    ],
    workflowruns: [
      {
        uuid: uuid('d1'),
        project: link('project', uuid('b1')),
        workflow: link('workflow', uuid('b2')),
        creator: 'mia',
        status: 4,
        name: 'first',
        last_redone_runjob_tree: link('runjob', uuid('d2')),
        created: '2016-01-03T00:00:00.000250Z',
        updated: '2016-01-03T00:05:00Z',
      },
    ],
    runjobs: [
      {
        uuid: uuid('d2'),
        workflow_run: link('workflowrun', uuid('d1')),
        job_name: 'acme.jobs.straighten',
        workflow_job_uuid: hex(uuid('b3')),
        resource_uuid: null,
        job_settings: {},
        status: 4,
        created: '2016-01-03T00:00:01Z',
        updated: '2016-01-03T00:04:00Z',
      },
    ],
    inputs: [
      {
        uuid: uuid('d3'),
        input_port_type_name: 'page',
        run_job: link('runjob', uuid('d2')),
        resource: link('resource', uuid('c1')),
      },
    ],
    outputs: [
      {
        uuid: uuid('d4'),
        output_port_type_name: 'page',
        output_port: link('outputport', uuid('b6')),
        run_job: link('runjob', uuid('d2')),
        resource: link('resource', uuid('c1', 2)),
      },
    ],
  };
}

/** Another run of the workflow of the example. */
export function run(number: number, more: object = {}): Row {
  return {
    uuid: uuid('d1', number),
    project: link('project', uuid('b1')),
    workflow: link('workflow', uuid('b2')),
    creator: 'mia',
    status: 1,
    name: `run ${number}`,
    created: '2016-01-05T00:00:00Z',
    updated: '2016-01-05T00:10:00Z',
    ...more,
  };
}

/** Another run job of the run of the example. */
export function runJob(number: number, more: object = {}): Row {
  return {
    uuid: uuid('d2', number),
    workflow_run: link('workflowrun', uuid('d1')),
    job_name: 'acme.jobs.straighten',
    workflow_job_uuid: hex(uuid('b3')),
    status: 1,
    created: '2016-01-05T00:00:01Z',
    updated: '2016-01-05T00:09:00Z',
    ...more,
  };
}
