import { Field, Float, InputType } from 'type-graphql';
import { DateTime, Json, JsonObject, SafeInt } from '../../core/graphql/scalars.js';
import { date, oid, type KernelciDocument } from './documents.js';
import { BOOT, BUILD, TEST_GROUP, type Collection, type DocumentField } from './fields.js';
import type { LabInput } from './lab-service.js';
import { BUILD_STATUSES } from './states.js';
import type { TokenInput } from './token-input.js';
import { VALUE_SCALARS } from './value-scalars.js';

/** Inputs of the verbs; those of reports are made from the declared fields. */

/** A report as GraphQL hands it over: members by their names there. */
export type ReportInput = Readonly<Record<string, unknown>>;

/** An input with the members of a collection's documents, but for those that the gateway works out itself. */
function reportInput(name: string, collection: Collection, computed: readonly string[]): new () => object {
  @InputType(name, { description: 'A report; what is not given is unknown.' })
  class Report {}
  const mandatory = new Set(collection.body?.mandatory);
  for (const field of reported(collection, computed)) {
    const { graphql, type, description } = field;
    const options = { nullable: !mandatory.has(field.name), description };
    Field(VALUE_SCALARS[type] as () => typeof String, options)(Report.prototype, graphql);
  }
  return Report;
}

function reported({ fields }: Collection, computed: readonly string[]): DocumentField[] {
  const left = new Set(['_id', 'created_on', ...computed]);
  return fields.filter(({ name }) => !left.has(name));
}

const BUILD_COMPUTED = ['job_id'];
const BOOT_COMPUTED = ['job_id', 'build_id'];
const GROUP_COMPUTED = ['job_id', 'sub_groups', 'test_cases'];

/** A build, reported. */
export const KernelciBuildInput = reportInput('KernelciBuildInput', BUILD, BUILD_COMPUTED);
/** A boot, reported. */
export const KernelciBootInput = reportInput('KernelciBootInput', BOOT, BOOT_COMPUTED);

@InputType('KernelciTestCaseInput', { description: 'The result of one test of a group.' })
export class KernelciTestCaseInput {
  @Field(() => String, { description: 'Name.' })
  name!: string;

  @Field(() => String, { nullable: true, description: 'PASS, FAIL, SKIP, ERROR or UNKNOWN; UNKNOWN by default.' })
  status?: string | null;

  @Field(() => SafeInt, { nullable: true, description: 'Place in the group; by default the order of the list.' })
  index?: number | null;

  @Field(() => Json, { nullable: true, description: 'What was measured.' })
  measurements?: unknown;

  @Field(() => Json, { nullable: true, description: 'Lines of the log about it.' })
  logLines?: unknown;

  @Field(() => Float, { nullable: true, description: 'How long it took, in milliseconds.' })
  timeMs?: number | null;
}

@InputType('KernelciTestSubGroupInput', { description: 'A group inside a test group, which says where it ran.' })
export class KernelciTestSubGroupInput {
  @Field(() => String, { description: 'Name.' })
  name!: string;

  @Field(() => [KernelciTestCaseInput], { nullable: true, description: 'Its test cases.' })
  testCases?: KernelciTestCaseInput[] | null;

  @Field(() => [KernelciTestSubGroupInput], { nullable: true, description: 'Groups in it.' })
  subGroups?: KernelciTestSubGroupInput[] | null;
}

/** A test group, reported. */
export const KernelciTestGroupInput = reportInput('KernelciTestGroupInput', TEST_GROUP, GROUP_COMPUTED);
Field(() => [KernelciTestCaseInput], { nullable: true, description: 'Its test cases.' })(
  KernelciTestGroupInput.prototype as object,
  'testCases',
);
Field(() => [KernelciTestSubGroupInput], { nullable: true, description: 'Groups in it.' })(
  KernelciTestGroupInput.prototype as object,
  'subGroups',
);

function documentMembers(collection: Collection, computed: readonly string[], input: ReportInput): KernelciDocument {
  return Object.fromEntries(
    reported(collection, computed).map((field) => [field.name, asDocument(field, input[field.graphql] ?? null)]),
  );
}

function asDocument({ type }: DocumentField, value: unknown): unknown {
  if (value === null) return null;
  if (type === 'time') return date(value as number);
  if (type === 'duration') return { $date: value };
  if (type === 'oid') return oid(String(value).toLowerCase());
  return value;
}

/** The members that a report of a build gives its document; null where it gives none. */
export const buildMembers = (input: ReportInput): KernelciDocument => documentMembers(BUILD, BUILD_COMPUTED, input);
/** The same of a boot. */
export const bootMembers = (input: ReportInput): KernelciDocument => documentMembers(BOOT, BOOT_COMPUTED, input);
/** The same of a test group. */
export const groupMembers = (input: ReportInput): KernelciDocument =>
  documentMembers(TEST_GROUP, GROUP_COMPUTED, input);

const STATUS = `One of ${BUILD_STATUSES.join(', ')}; PASS by default.`;

@InputType('KernelciJobStatusInput', { description: 'Which job has which state.' })
export class KernelciJobStatusInput {
  @Field(() => String, { description: 'Name of the tree.' })
  tree!: string;

  @Field(() => String, { description: 'Kernel.' })
  kernel!: string;

  @Field(() => String, { description: 'Branch of the tree.' })
  gitBranch!: string;

  @Field(() => String, { nullable: true, description: STATUS })
  status?: string | null;
}

@InputType('KernelciLabInput', { description: 'A lab; what is not given stays, or has its default.' })
export class KernelciLabInput implements LabInput {
  @Field(() => String, { nullable: true, description: 'Name, unique. A new lab needs one.' })
  name?: string | null;

  @Field(() => JsonObject, {
    nullable: true,
    description: 'Who to ask: `name`, `surname` and `email`, and what else is known. A new lab needs it.',
  })
  contact?: Record<string, unknown> | null;

  @Field(() => JsonObject, { nullable: true, description: 'Postal address.' })
  address?: Record<string, unknown> | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether it is not to be shown to everybody.' })
  private?: boolean | null;

  @Field(() => String, { nullable: true, description: 'Version of the structure of the document.' })
  version?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "A token itself, which becomes the lab's; a new one by default.",
  })
  token?: string | null;
}

const FLAGS: Readonly<Record<string, string>> = {
  get: 'May read.',
  post: 'May report.',
  delete: 'May delete.',
  superuser: 'May read labs and tokens, and all of the above; whatever its value it clears `admin`.',
  admin: 'May do everything.',
  ipRestricted: 'Works from `ipAddress` only.',
  lab: 'Belongs to a lab that sends boot reports.',
  upload: 'May upload files.',
  testLab: 'Belongs to a lab that sends test results.',
};

@InputType('KernelciTokenInput', {
  description: 'A token; what is not given stays. Flags are applied in the order of the contract.',
})
export class KernelciTokenInput implements TokenInput {
  @Field(() => String, { nullable: true, description: 'E-mail address of its owner. A new token needs one.' })
  email?: string | null;

  @Field(() => String, { nullable: true, description: 'User name.' })
  username?: string | null;

  @Field(() => DateTime, { nullable: true, description: 'When it expires.' })
  expiresAt?: number | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether it is not valid any more.' })
  expired?: boolean | null;

  @Field(() => String, { nullable: true, description: 'Version of the structure of the document.' })
  version?: string | null;

  @Field(() => [String], { nullable: true, description: 'Addresses and networks; only with `ipRestricted`.' })
  ipAddress?: string[] | null;
}
for (const [name, description] of Object.entries(FLAGS)) {
  Field(() => Boolean, { nullable: true, description })(KernelciTokenInput.prototype, name);
}
