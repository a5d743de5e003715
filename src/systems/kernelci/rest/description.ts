import type { BodyContent, BodyField, DialectDescription } from '../../../server/dialect-description.js';
import { termOf, words, type FieldType } from '../vocabulary.js';

/** What documents tell of the dialect besides its routes. */
export const kernelciDescription: DialectDescription = {
  text: 'Jobs, builds, boots and tests of kernels: version 1 of the backend API of Kernel CI.',
  credentials: {
    token: {
      kind: 'header',
      value: '$TOKEN',
      text: 'The token as it is, with nothing in front; one of Kernel CI or of the gateway.',
    },
  },
  parameters: {
    id: '`$oid` of the document, 24 digits',
    value: 'The token itself; to change or delete it, its `$oid`',
    field: 'Name of the member',
    resource: 'Name of a collection: `job`',
    path: 'Where the file is to be',
  },
  // `/{job}` and `/{build}` are one URI to OpenAPI.
  spellings: words('job build newBuild boot lab token test group case regression regressions statistics'),
  mediaTypes: { answers: ['application/json'], refusals: ['application/json'] },
  exchanges: new URL('./exchanges.json', import.meta.url),
};

/** What a member of a report holds: times are given as numbers of seconds. */
const TYPES: Readonly<Record<FieldType, NonNullable<BodyField['type']>>> = {
  text: 'text',
  integer: 'integer',
  float: 'number',
  boolean: 'boolean',
  time: 'number',
  duration: 'number',
  oid: 'text',
  oids: 'list',
  texts: 'list',
  json: 'any',
};

/** Members that documents have, too. */
function fields(required: string, others: string): BodyField[] {
  const field = (name: string): BodyField => {
    const { type, description } = termOf(name);
    return { name, type: TYPES[type], description };
  };
  return [...words(required).map((name) => ({ ...field(name), required: true as const })), ...words(others).map(field)];
}

function json(content: readonly BodyField[]): BodyContent {
  return { mediaTypes: ['application/json'], fields: content };
}

const FLAGS = words('get post delete superuser admin lab upload test_lab expired');

/** Members of bodies that clients send most (contract kernelci section 6); others are taken as well. */
export const BODIES = {
  job: json(fields('git_branch job kernel', 'status')),
  build: json(
    fields(
      'arch defconfig git_branch job kernel',
      'build_environment defconfig_full status errors warnings build_time git_url git_commit git_describe git_describe_v compiler compiler_version kernel_image modules',
    ),
  ),
  boot: json(
    fields(
      'arch board defconfig git_branch job kernel lab_name version',
      'build_environment defconfig_full boot_log boot_result_description device_type mach git_commit git_describe git_url',
    ),
  ),
  testGroup: json(fields('name', 'lab_name job kernel git_branch arch defconfig_full build_environment device_type')),
  lab: json([
    { name: 'name', description: 'Name of the lab', required: true },
    { name: 'contact', type: 'object', description: '`name`, `surname` and `email` of somebody', required: true },
    { name: 'address', type: 'object', description: 'Where it is' },
    { name: 'private', type: 'boolean', description: 'Whether it is private' },
  ]),
  token: json([
    { name: 'email', description: 'Whose it is; a new one needs it' },
    { name: 'username', description: 'Name of the user' },
    { name: 'expires_on', description: 'Day, `YYYY-MM-DD`' },
    { name: 'ip_address', type: 'list', description: 'Addresses that it may come from' },
    ...FLAGS.map((name): BodyField => ({ name, type: 'boolean', description: `Whether it is or may: ${name}` })),
  ]),
  batch: json([{ name: 'batch', type: 'list', description: 'Reads: `method`, `resource`, `query`', required: true }]),
} as const satisfies Readonly<Record<string, BodyContent>>;
