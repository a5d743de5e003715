import { registerEnumType } from 'type-graphql';
import { defineList, enumFilter, extendList } from '../../core/graphql/filter-inputs.js';
import {
  RecordList,
  type ColumnField,
  type FilterField,
  type OrderField,
  type ValueType,
} from '../../core/list/fields.js';
import { BUILDS, EVENTS, JOBS } from '../../core/list/records.js';
import { System } from '../../core/model/states.js';
import {
  BOOT,
  BUILD,
  BUILD_LOG,
  constantName,
  fieldOf,
  filterPath,
  JOB,
  JOB_LOG,
  LAB,
  orderKey,
  STATISTICS,
  TEST_CASE,
  TEST_GROUP,
  TEST_REGRESSION,
  TOKEN,
  type Collection,
  type DocumentField,
} from './fields.js';
import { words, type FieldType } from './vocabulary.js';

/** What Kernel CI adds to the lists of events, builds and jobs, and its own lists, made from the declared fields. */

/** Jobs are of two collections; the numbers are what the column holds. */
export enum KernelciCollection {
  BOOT = 1,
  TEST_GROUP = 2,
}

registerEnumType(KernelciCollection, {
  name: 'KernelciCollection',
  description: 'What a job of Kernel CI is.',
  valuesConfig: { BOOT: { description: 'A boot report.' }, TEST_GROUP: { description: 'A test group.' } },
});
enumFilter(KernelciCollection, 'KernelciCollection');

const VALUE_TYPES: Readonly<Record<FieldType, ValueType>> = {
  text: 'text',
  integer: 'integer',
  float: 'float',
  boolean: 'boolean',
  time: 'time',
  duration: 'float',
  oid: 'text',
  oids: 'text',
  texts: 'text',
  json: 'text',
};

/** Columns that an index begins with, by table. */
const INDEXED: Readonly<Record<string, readonly string[]>> = {
  event: words('kernelci_kernel kernelci_git_branch'),
  build: words(`kernelci_job_id kernelci_kernel kernelci_arch kernelci_build_environment kernelci_defconfig
    kernelci_defconfig_full kernelci_git_branch`),
  job: words(`kernelci_job_id kernelci_build_id kernelci_kernel kernelci_arch kernelci_board kernelci_build_environment
    kernelci_defconfig kernelci_defconfig_full kernelci_git_branch kernelci_mach kernelci_device_type`),
  kernelci_test_case: words('test_group_id job kernel'),
};

/** Columns that always hold a value. */
const FILLED: ReadonlySet<string> = new Set(
  words('legacy_id oid legacy_state created_at submitted_at email expired name'),
);

/** Where SQL finds a member of a collection in this table; the tree's name is that of the project and is in `rest`, too. */
function columnField(table: string, rest: string, field: DocumentField): ColumnField {
  const { name, type, place, required, description } = field;
  if (place.at !== 'column')
    return { column: rest, member: name, type: VALUE_TYPES[type], nullable: true, description };
  const { column } = place;
  const indexed = INDEXED[table]?.includes(column) ? ({ indexed: true } as const) : {};
  const nullable = !required && !FILLED.has(column);
  const presence = rest === 'rest' ? {} : { presence: 'kernelci_document' };
  return { column, type: VALUE_TYPES[type], nullable, description, ...presence, ...indexed };
}

/** The order by a member; records of other systems, and of a collection without it, have none. */
function orderField(declared: ColumnField, { name }: DocumentField, collections: readonly Collection[]): OrderField {
  const nullable = declared.nullable || !collections.every((one) => fieldOf(one, name)?.required);
  return nullable ? { ...declared, nullable } : { ...declared, only: System.KERNELCI };
}

/** The system's filters and orders on one of the shared tables. */
function shared(
  table: string,
  collections: readonly Collection[],
): { fields: Record<string, FilterField>; orders: Record<string, OrderField> } {
  const fields: [string, FilterField][] = [];
  const orders: [string, OrderField][] = [];
  for (const collection of collections) {
    for (const field of collection.fields) {
      const path = filterPath(collection, field);
      if (!path) continue;
      const declared = columnField(table, 'kernelci_rest', field);
      if (path.length > 1) fields.push([field.graphql, declared]);
      const key = orderKey(collection, field);
      if (key?.startsWith('KERNELCI_')) orders.push([constantName(field), orderField(declared, field, collections)]);
    }
  }
  return { fields: Object.fromEntries(fields), orders: Object.fromEntries(orders) };
}

const DOCUMENT = { document: 'kernelci_document' };

extendList(EVENTS, 'Kernelci', 'Event', { columns: DOCUMENT, ...shared('event', [JOB]) });
extendList(BUILDS, 'Kernelci', 'Build', { columns: DOCUMENT, ...shared('build', [BUILD]) });

const ofJobs = shared('job', [BOOT, TEST_GROUP]);
extendList(JOBS, 'Kernelci', 'Job', {
  columns: { ...DOCUMENT, collection: 'kernelci_collection' },
  fields: {
    ...ofJobs.fields,
    collection: {
      column: 'kernelci_collection',
      type: 'enum',
      values: KernelciCollection,
      nullable: false,
      partition: true,
      description: 'Boot report or test group.',
    },
  },
  orders: ofJobs.orders,
});

/** The list of a table that only this system has. */
function ownList(collection: Collection, table: string, columns: Readonly<Record<string, string>> = {}): RecordList {
  const declared = collection.fields
    .filter((field) => filterPath(collection, field) !== null)
    .map((field) => ({ field, column: columnField(table, 'rest', field) }));
  return new RecordList(null, table, {
    columns: { id: 'id', legacyId: 'oid', createdAt: 'created_at', document: 'document', ...columns },
    fields: Object.fromEntries(declared.map(({ field, column }) => [field.graphql, column])),
    orders: {
      LEGACY_ID: { column: 'id', type: 'integer', nullable: false, description: 'The order of recording.' },
      ...Object.fromEntries(declared.map(({ field, column }) => [constantName(field), column])),
    },
  });
}

/** All test cases. */
export const TEST_CASES = ownList(TEST_CASE, 'kernelci_test_case');
/** All test regressions. */
export const TEST_REGRESSIONS = ownList(TEST_REGRESSION, 'kernelci_test_regression');
/** The logs of builds. */
export const BUILD_LOGS = ownList(BUILD_LOG, 'kernelci_build_log');
/** The logs of jobs. */
export const JOB_LOGS = ownList(JOB_LOG, 'kernelci_job_log');
/** Daily counters. */
export const STATISTICS_LIST = ownList(STATISTICS, 'kernelci_statistics');
/** All labs. */
export const LABS = ownList(LAB, 'kernelci_lab', { tokenOid: 'token_oid' });
/** All tokens. */
export const TOKENS = ownList(TOKEN, 'kernelci_token', {
  tokenSealed: 'token_sealed',
  email: 'email',
  expired: 'expired',
  expiresAt: 'expires_at',
  properties: 'properties',
});

/** Filter and order of test cases. */
export const TestCaseInputs = defineList(TEST_CASES, 'KernelciTestCase');
/** Filter and order of test regressions. */
export const TestRegressionInputs = defineList(TEST_REGRESSIONS, 'KernelciTestRegression');
/** Filter and order of logs of builds. */
export const BuildLogInputs = defineList(BUILD_LOGS, 'KernelciBuildLog');
/** Filter and order of logs of jobs. */
export const JobLogInputs = defineList(JOB_LOGS, 'KernelciJobLog');
/** Filter and order of daily counters. */
export const StatisticsInputs = defineList(STATISTICS_LIST, 'KernelciStatistics');
/** Filter and order of labs. */
export const LabInputs = defineList(LABS, 'KernelciLab');
/** Filter and order of tokens. */
export const TokenInputs = defineList(TOKENS, 'KernelciToken');
