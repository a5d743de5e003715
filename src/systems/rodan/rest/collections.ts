/**
 * What every list resource is: its name, what filters and orders it, in the old words and in those of the schema
 * (contract rodan, section 5). One declaration reads queries, tells OPTIONS and lists in the API root.
 */

/**
 * Kinds of filtered fields, which decide what values they understand (section 5.3): `uuid` is a link or an id, `user` a
 * link to a user by number, `digits` the 32 hex digits of a UUID as text.
 */
export type FilterKind = 'text' | 'number' | 'status' | 'boolean' | 'time' | 'uuid' | 'user' | 'digits';

/** What may follow `__` in the name of a parameter. */
export type Lookup = 'exact' | 'icontains' | 'lt' | 'gt' | 'isnull' | 'in';

/** One filtered field. */
export interface FilterDeclaration {
  readonly kind: FilterKind;
  readonly lookups: readonly Lookup[];
  /** Members of the filter of the schema that lead to the operators, with dots in between: `inputPortType.name`. */
  readonly path: string;
  /** Of a status: the codes that it can have. */
  readonly codes?: readonly number[];
}

/** A key of an order of the schema. */
export interface OrderKey {
  readonly field: string;
  readonly direction: 'ASC' | 'DESC';
}

/** Lists of the schema's `Query.rodan`. */
export type ListName =
  | 'projects'
  | 'workflows'
  | 'workflowJobs'
  | 'workflowJobGroups'
  | 'workflowRuns'
  | 'runJobs'
  | 'jobs'
  | 'inputPortTypes'
  | 'outputPortTypes'
  | 'inputPorts'
  | 'outputPorts'
  | 'connections'
  | 'resourceTypes'
  | 'resources'
  | 'resourceLists'
  | 'inputs'
  | 'outputs'
  | 'users';

/** A list resource. */
export interface Collection {
  /** Name in URIs: `workflowruns`. */
  readonly name: string;
  /** The list of the schema, and in capitals the stored operation that reads it: `RodanWorkflowRuns`. */
  readonly list: ListName;
  /** Filtered fields by name, as OPTIONS tells them. */
  readonly filters: Readonly<Record<string, FilterDeclaration>>;
  /** Name in `ordering` -> order of the schema. */
  readonly orders: Readonly<Record<string, string>>;
  readonly defaultOrder: readonly OrderKey[];
  /** Further parameters, which OPTIONS does not tell of. */
  readonly extras?: readonly Extra[];
  /** Whether `disable_pagination` gives everything at once. */
  readonly unpaged?: true;
}

/** Parameters with rules of their own (section 5.3); `list-query.ts` reads them. */
export type Extra = 'workflow_run' | 'has_connections' | 'result_of_workflow_run' | 'uploaded' | 'username__in';

/** Codes of workflow runs, run jobs and resources, by what they are called (section 8). */
export const RUN_STATUS = {
  21: 'Request processing',
  1: 'Processing',
  4: 'Finished',
  '-1': 'Failed',
  9: 'Cancelled',
  29: 'Request cancelling',
  31: 'Request retrying',
  11: 'Retrying',
} as const;
const RUN_CODES = Object.keys(RUN_STATUS).map(Number);
const RUN_JOB_CODES = [0, 1, 2, 4, -1, 9];
const RESOURCE_CODES = [0, 1, 4, -1];

const EXACT: readonly Lookup[] = ['exact'];
const RANGE: readonly Lookup[] = ['lt', 'gt'];

function filter(kind: FilterKind, path: string, lookups: readonly Lookup[] = EXACT): FilterDeclaration {
  return { kind, path, lookups };
}

/** Text that is also searched for parts. */
function searched(path: string): FilterDeclaration {
  return filter('text', path, ['exact', 'icontains']);
}

function status(path: string, codes: readonly number[]): FilterDeclaration {
  return { ...filter('status', path), codes };
}

const UUID = { uuid: filter('uuid', 'uuid') };
const CREATOR = { creator: filter('user', 'creatorNumber') };
const PROJECT = { project: filter('uuid', 'projectUuid') };
const WORKFLOW = { workflow: filter('uuid', 'workflowUuid') };
const NAME = { name: searched('name') };
const TIMES = { created: filter('time', 'createdAt', RANGE), updated: filter('time', 'updatedAt', RANGE) };
const BOUNDS: readonly Lookup[] = ['exact', 'lt', 'gt'];

/** Order keys by the old names, those of links and times being different in the schema. */
const ORDER_NAMES: Readonly<Record<string, string>> = {
  created: 'CREATED_AT',
  updated: 'UPDATED_AT',
  creator: 'CREATOR_NUMBER',
  working_user: 'WORKING_USER_NUMBER',
  last_redone_runjob_tree: 'LAST_REDONE_RUN_JOB_TREE_UUID',
};
const LINKS: ReadonlySet<string> = new Set([
  'project',
  'workflow',
  'workflow_run',
  'workflow_job',
  'job',
  'group',
  'origin',
  'resource',
  'resource_type',
  'run_job',
  'input_port',
  'output_port',
  'input_port_type',
  'output_port_type',
]);

/** The names of `ordering`, each with the order of the schema that goes by the same words unless told. */
function orders(names: string, own: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  return Object.fromEntries(names.split(' ').map((name) => [name, own[name] ?? orderName(name)]));
}

function orderName(name: string): string {
  return ORDER_NAMES[name] ?? `${name.toUpperCase()}${LINKS.has(name) ? '_UUID' : ''}`;
}

const NEWEST: readonly OrderKey[] = [{ field: 'CREATED_AT', direction: 'DESC' }];
const OLDEST: readonly OrderKey[] = [{ field: 'ID', direction: 'ASC' }];

const PORT_TYPE: Pick<Collection, 'filters' | 'orders' | 'defaultOrder' | 'unpaged'> = {
  filters: {
    job: filter('uuid', 'jobUuid'),
    ...UUID,
    ...NAME,
    minimum: filter('number', 'minimum', BOUNDS),
    maximum: filter('number', 'maximum', BOUNDS),
  },
  orders: orders('is_list job maximum minimum name uuid'),
  defaultOrder: OLDEST,
  unpaged: true,
};

function portFilters(direction: 'input' | 'output'): Collection['filters'] {
  const type = `${direction}_port_type`;
  return {
    extern: filter('boolean', 'extern'),
    [type]: filter('uuid', `${direction}PortTypeUuid`),
    workflow_job: filter('uuid', 'workflowJobUuid'),
    ...UUID,
    label: filter('text', 'label'),
    workflow: filter('uuid', 'workflowJob.workflowUuid'),
    type: filter('text', `${direction}PortType.name`),
  };
}

function resultFilters(direction: 'input' | 'output'): Collection['filters'] {
  return {
    resource: filter('uuid', 'resourceUuid'),
    run_job: filter('uuid', 'runJobUuid'),
    ...UUID,
    [`${direction}_port_type_name`]: filter('text', `${direction}PortTypeName`),
  };
}

/** The list resources, in the order of the API root (section 7). */
export const COLLECTIONS = {
  projects: {
    name: 'projects',
    list: 'projects',
    filters: { ...UUID, ...CREATOR, ...NAME, description: searched('description'), ...TIMES },
    orders: orders('created creator description name updated uuid'),
    defaultOrder: NEWEST,
  },
  workflows: {
    name: 'workflows',
    list: 'workflows',
    filters: { ...UUID, ...CREATOR, ...PROJECT, valid: filter('boolean', 'valid'), ...NAME, ...TIMES },
    orders: orders('created creator name project updated uuid valid'),
    defaultOrder: NEWEST,
  },
  workflowjobs: {
    name: 'workflowjobs',
    list: 'workflowJobs',
    filters: {
      ...UUID,
      ...WORKFLOW,
      job: filter('uuid', 'jobUuid'),
      group: filter('uuid', 'groupUuid'),
      ...NAME,
      ...TIMES,
    },
    orders: orders('created group job name updated uuid workflow'),
    defaultOrder: OLDEST,
  },
  workflowjobgroups: {
    name: 'workflowjobgroups',
    list: 'workflowJobGroups',
    filters: {
      origin: filter('uuid', 'originUuid'),
      ...UUID,
      name: filter('text', 'name'),
      ...WORKFLOW,
      project: filter('uuid', 'workflow.projectUuid'),
      ...TIMES,
    },
    orders: orders('created name origin updated uuid workflow'),
    defaultOrder: NEWEST,
  },
  workflowruns: {
    name: 'workflowruns',
    list: 'workflowRuns',
    filters: {
      status: status('rodan.status', RUN_CODES),
      uuid: filter('uuid', 'rodan.uuid'),
      workflow: filter('uuid', 'rodan.workflowUuid'),
      project: filter('uuid', 'rodan.projectUuid'),
      creator: filter('user', 'rodan.creatorNumber'),
      name: searched('rodan.givenName'),
      created: filter('time', 'submittedAt', RANGE),
      updated: filter('time', 'rodan.updatedAt', RANGE),
    },
    orders: orders('created creator last_redone_runjob_tree name project status updated uuid workflow', {
      created: 'SUBMITTED_AT',
      creator: 'RODAN_CREATOR_NUMBER',
      last_redone_runjob_tree: 'RODAN_LAST_REDONE_RUN_JOB_TREE_UUID',
      name: 'RODAN_GIVEN_NAME',
      project: 'RODAN_PROJECT_UUID',
      status: 'RODAN_STATUS',
      updated: 'RODAN_UPDATED_AT',
      uuid: 'RODAN_UUID',
      workflow: 'RODAN_WORKFLOW_UUID',
    }),
    defaultOrder: [{ field: 'SUBMITTED_AT', direction: 'DESC' }],
  },
  runjobs: {
    name: 'runjobs',
    list: 'runJobs',
    filters: {
      status: status('rodan.status', RUN_JOB_CODES),
      uuid: filter('uuid', 'rodan.uuid'),
      workflow_run: filter('uuid', 'rodan.workflowRunUuid'),
      workflow_job_uuid: filter('digits', 'rodan.workflowJobUuid'),
      project: filter('uuid', 'rodan.projectUuid'),
      resource_uuid: filter('digits', 'rodan.resourceUuid', ['exact', 'isnull']),
      job_name: searched('name'),
      created: filter('time', 'createdAt', RANGE),
      updated: filter('time', 'rodan.updatedAt', RANGE),
    },
    orders: orders(
      'created job_name resource_uuid status updated uuid workflow_job_uuid workflow_run working_user working_user_expiry',
      {
        job_name: 'NAME',
        resource_uuid: 'RODAN_RESOURCE_UUID',
        status: 'RODAN_STATUS',
        updated: 'RODAN_UPDATED_AT',
        uuid: 'RODAN_UUID',
        workflow_job_uuid: 'RODAN_WORKFLOW_JOB_UUID',
        workflow_run: 'RODAN_WORKFLOW_RUN_UUID',
        working_user: 'RODAN_WORKING_USER_NUMBER',
        working_user_expiry: 'RODAN_WORKING_USER_EXPIRY',
      },
    ),
    defaultOrder: NEWEST,
  },
  jobs: {
    name: 'jobs',
    list: 'jobs',
    filters: {
      category: filter('text', 'category'),
      interactive: filter('boolean', 'interactive'),
      enabled: filter('boolean', 'enabled'),
      ...UUID,
      ...NAME,
    },
    orders: orders('category enabled interactive name uuid'),
    defaultOrder: [
      { field: 'CATEGORY', direction: 'ASC' },
      { field: 'NAME', direction: 'ASC' },
    ],
    extras: ['workflow_run'],
    unpaged: true,
  },
  users: {
    name: 'users',
    list: 'users',
    filters: {},
    orders: {},
    defaultOrder: [{ field: 'NUMBER', direction: 'ASC' }],
    extras: ['username__in'],
  },
  connections: {
    name: 'connections',
    list: 'connections',
    filters: {
      input_port: filter('uuid', 'inputPortUuid'),
      output_port: filter('uuid', 'outputPortUuid'),
      ...UUID,
      workflow: filter('uuid', 'outputPort.workflowJob.workflowUuid'),
      input_workflow_job: filter('uuid', 'inputPort.workflowJobUuid'),
      output_workflow_job: filter('uuid', 'outputPort.workflowJobUuid'),
    },
    orders: orders('input_port output_port uuid'),
    defaultOrder: OLDEST,
  },
  outputporttypes: { name: 'outputporttypes', list: 'outputPortTypes', ...PORT_TYPE },
  outputports: {
    name: 'outputports',
    list: 'outputPorts',
    filters: portFilters('output'),
    orders: orders('extern label output_port_type uuid workflow_job'),
    defaultOrder: OLDEST,
  },
  inputporttypes: { name: 'inputporttypes', list: 'inputPortTypes', ...PORT_TYPE },
  inputports: {
    name: 'inputports',
    list: 'inputPorts',
    filters: portFilters('input'),
    orders: orders('extern input_port_type label uuid workflow_job'),
    defaultOrder: OLDEST,
    extras: ['has_connections'],
  },
  resources: {
    name: 'resources',
    list: 'resources',
    filters: {
      ...UUID,
      ...CREATOR,
      has_thumb: filter('boolean', 'hasThumb'),
      processing_status: status('processingStatus', RESOURCE_CODES),
      ...PROJECT,
      origin: filter('uuid', 'originUuid', ['exact', 'isnull']),
      resource_type: filter('uuid', 'resourceTypeUuid', ['exact', 'in']),
      ...NAME,
      ...TIMES,
    },
    orders: orders('created creator has_thumb name origin processing_status project resource_type updated uuid'),
    defaultOrder: NEWEST,
    extras: ['result_of_workflow_run', 'uploaded'],
  },
  resourcelists: {
    name: 'resourcelists',
    list: 'resourceLists',
    filters: {
      ...UUID,
      ...PROJECT,
      origin: filter('uuid', 'originUuid', ['exact', 'isnull']),
      resource_type: filter('uuid', 'resourceTypeUuid', ['exact', 'in']),
      ...NAME,
      description: filter('text', 'description', ['icontains']),
      ...TIMES,
    },
    orders: orders('created name origin project resource_type updated uuid'),
    defaultOrder: OLDEST,
  },
  resourcetypes: {
    name: 'resourcetypes',
    list: 'resourceTypes',
    filters: {
      mimetype: searched('mimetype'),
      ...UUID,
      extension: filter('text', 'extension'),
      description: filter('text', 'description', ['icontains']),
    },
    orders: orders('description extension mimetype uuid'),
    defaultOrder: OLDEST,
    unpaged: true,
  },
  outputs: {
    name: 'outputs',
    list: 'outputs',
    filters: resultFilters('output'),
    orders: orders('output_port_type_name resource run_job uuid'),
    defaultOrder: OLDEST,
  },
  inputs: {
    name: 'inputs',
    list: 'inputs',
    filters: resultFilters('input'),
    orders: orders('input_port_type_name resource run_job uuid'),
    defaultOrder: OLDEST,
  },
} as const satisfies Readonly<Record<string, Collection>>;
