import { type Collection, COLLECTIONS, type CollectionName } from '../fields.js';
import { COUNTED, filterKeys, type QueryKey } from './keys.js';

/** A collection as it can be read: the stored operations that ask for its documents, groups and values. */
export interface Resource {
  readonly collection: Collection;
  readonly keys: readonly QueryKey[];
  readonly list: string;
  /** Without it groups are made here, while the list goes by. */
  readonly groups?: string;
  readonly distinct?: string;
}

function resource(name: CollectionName, operations: Pick<Resource, 'list' | 'groups' | 'distinct'>): Resource {
  const collection = COLLECTIONS[name];
  return { collection, keys: filterKeys(collection), ...operations };
}

/** Everything that can be read. */
export const RESOURCES = {
  job: resource('job', { list: 'KernelciJobs', groups: 'KernelciJobGroups', distinct: 'KernelciDistinctJobs' }),
  build: resource('build', {
    list: 'KernelciBuilds',
    groups: 'KernelciBuildGroups',
    distinct: 'KernelciDistinctBuilds',
  }),
  boot: resource('boot', { list: 'KernelciBoots', groups: 'KernelciBootGroups', distinct: 'KernelciDistinctBoots' }),
  test_group: resource('test_group', {
    list: 'KernelciTestGroups',
    groups: 'KernelciTestGroupGroups',
    distinct: 'KernelciDistinctTestGroups',
  }),
  test_case: resource('test_case', {
    list: 'KernelciTestCases',
    groups: 'KernelciTestCaseGroups',
    distinct: 'KernelciDistinctTestCases',
  }),
  test_regression: resource('test_regression', { list: 'KernelciTestRegressions' }),
  build_log: resource('build_log', { list: 'KernelciBuildLogs' }),
  job_log: resource('job_log', { list: 'KernelciJobLogs' }),
  statistics: resource('statistics', { list: 'KernelciStatistics' }),
  lab: resource('lab', { list: 'KernelciLabs' }),
  token: resource('token', { list: 'KernelciTokens' }),
} satisfies Record<CollectionName, Resource>;

/** The counted collection that a name in the singular or plural means; `defconfig` is an older name of builds. */
export function countedNamed(name: string): Collection | undefined {
  const singular = name.replace(/s$/, '');
  const meant = singular === 'defconfig' ? 'build' : singular;
  return COUNTED.find((collection) => collection.name === meant);
}

/** The resource of one of the counted collections. */
export function countedResource(name: string): Resource | undefined {
  const collection = countedNamed(name);
  return collection && RESOURCES[collection.name];
}
