import { registerEnumType } from 'type-graphql';
import {
  BuildFilter,
  BuildOrder,
  EventFilter,
  EventOrder,
  JobFilter,
  JobOrder,
} from '../../core/graphql/filter-inputs.js';
import type { TypeClass } from '../../core/graphql/types.js';
import type { RecordList } from '../../core/list/fields.js';
import type { FilterInput } from '../../core/list/filter.js';
import type { OrderInput } from '../../core/list/order.js';
import { BUILDS, EVENTS, JOBS } from '../../core/list/records.js';
import { System } from '../../core/model/states.js';
import {
  BOOT,
  BUILD,
  constantName,
  fieldOf,
  filterPath,
  JOB,
  orderKey,
  TEST_CASE,
  TEST_GROUP,
  type Collection,
} from './fields.js';
import { KernelciCollection, TEST_CASES, TestCaseInputs } from './lists.js';
import { KernelciBoot, KernelciBuild, KernelciJob, KernelciTestCase, KernelciTestGroup } from './types.js';

/** The collections whose values and groups can be asked for, as parts of the lists that hold them. */
export interface Scope {
  readonly collection: Collection;
  readonly list: RecordList;
  readonly type: TypeClass;
  /** What names in the schema are made of: `distinctBoots`, `bootGroups`. */
  readonly one: string;
  readonly many: string;
  /** Enum of the members that SQL finds: name -> legacy name. */
  readonly members: Readonly<Record<string, string>>;
  readonly filter: TypeClass;
  readonly order: TypeClass;
  readonly newest: readonly OrderInput[];
  /** What the list is narrowed by. */
  readonly own: FilterInput;
}

type Declared = Omit<Scope, 'members' | 'newest'>;

function scope(declared: Declared): Scope {
  const { collection, one } = declared;
  const typeName = `Kernelci${one.charAt(0).toUpperCase()}${one.slice(1)}`;
  const found = collection.fields.filter((field) => filterPath(collection, field) !== null);
  const members = Object.fromEntries(found.map((field) => [constantName(field), field.name]));
  registerEnumType(members, {
    name: `${typeName}Field`,
    description: `A member of the documents of type ${typeName} that values and groups can be asked of.`,
    valuesConfig: Object.fromEntries(found.map((field) => [constantName(field), { description: field.description }])),
  });
  const created = fieldOf(collection, 'created_on');
  const field = (created && orderKey(collection, created)) ?? 'LEGACY_ID';
  return { ...declared, members, newest: [{ field, direction: 'DESC' }] };
}

const events = { list: EVENTS, filter: EventFilter, order: EventOrder };
const builds = { list: BUILDS, filter: BuildFilter, order: BuildOrder };
const jobs = { list: JOBS, filter: JobFilter, order: JobOrder };
const cases = { list: TEST_CASES, filter: TestCaseInputs.filter, order: TestCaseInputs.order };
const system = { eq: System.KERNELCI };

function jobsOf(collection: KernelciCollection): FilterInput {
  return { kernelci: { collection: { eq: collection } } };
}

/** Every scope. */
export const SCOPES: readonly Scope[] = [
  scope({ ...events, collection: JOB, type: KernelciJob, one: 'job', many: 'Jobs', own: { system } }),
  scope({ ...builds, collection: BUILD, type: KernelciBuild, one: 'build', many: 'Builds', own: { system } }),
  scope({
    ...jobs,
    collection: BOOT,
    type: KernelciBoot,
    one: 'boot',
    many: 'Boots',
    own: jobsOf(KernelciCollection.BOOT),
  }),
  scope({
    ...jobs,
    collection: TEST_GROUP,
    type: KernelciTestGroup,
    one: 'testGroup',
    many: 'TestGroups',
    own: jobsOf(KernelciCollection.TEST_GROUP),
  }),
  scope({ ...cases, collection: TEST_CASE, type: KernelciTestCase, one: 'testCase', many: 'TestCases', own: {} }),
];

/** The list engine's name of a member that an enum named, and what the list is narrowed by for its sake. */
export interface Named {
  readonly name: string;
  readonly own: FilterInput;
}

/**
 * A member that an enum named. Nobody looks for documents without a member that all have: the list engine would read all
 * of them to find none.
 */
export function named({ collection, own }: Scope, member: string): Named {
  const field = fieldOf(collection, member);
  const path = field ? filterPath(collection, field) : null;
  if (!field || !path) throw new Error(`${member} of ${collection.name} is nothing to filter by.`);
  const [outer = '', inner] = path;
  const name = path.join('.');
  if (!field.required) return { name, own };
  const present = { isNull: false };
  const part = inner === undefined ? present : { ...(own[outer] as FilterInput | undefined), [inner]: present };
  return { name, own: { ...own, [outer]: part } };
}

/** A filter of a caller, narrowed to a scope. */
export function narrowed(own: FilterInput, given: FilterInput | null | undefined): FilterInput {
  const filter = given ?? {};
  const clashes = Object.keys(own).some((name) => filter[name] !== undefined && filter[name] !== null);
  return clashes ? { ...own, and: [filter] } : { ...filter, ...own };
}
