import { type BodyContent, type DialectDescription, GATEWAY_TOKEN } from '../../../server/dialect-description.js';

/** Most resources have both forms; `format` and `Accept` decide. */
export const BOTH_FORMS = ['application/json', 'text/html'] as const;

/** What documents tell of the dialect besides its routes. */
export const buildapiDescription: DialectDescription = {
  text: 'Builds, build requests and the self-serve requests about them, as Mozilla buildapi served them. Whatever there is below `/self-serve` is below the older generation of addresses as well.',
  credentials: {
    basic: { kind: 'basic', text: 'User name and, as password, a token of that user.' },
    bearer: GATEWAY_TOKEN,
  },
  parameters: {
    branch: 'Name of the branch: `ash`',
    revision: 'Revision, or its beginning',
    build_id: 'Number of the build',
    request_id: 'Number of the build request',
    job_id: 'Number of the job: the id that a write answers with',
    builder_name: 'Name of the builder',
    user: 'Author of changes: `kim@example.org`',
    platform: 'Part of the name of the builder',
    slave: 'Beginning of the name of the machine',
    fromtime: 'Seconds since 1970, or `today`',
    totime: 'Seconds since 1970, or `today`',
  },
  mediaTypes: { answers: ['application/json'], refusals: BOTH_FORMS },
  exchanges: new URL('./exchanges.json', import.meta.url),
};

const PRIORITY = { name: 'priority', type: 'integer', description: 'Priority, higher first' } as const;
const COUNT = { name: 'count', type: 'integer', description: 'How many, at most 1000; one unless told' } as const;

/** Fields of the forms (contract buildapi section 6.2). */
export const BODIES = {
  priority: { fields: [{ ...PRIORITY, required: true }] },
  optionalPriority: { fields: [PRIORITY] },
  rebuild: {
    fields: [{ name: 'build_id', type: 'integer', description: 'The build', required: true }, COUNT, PRIORITY],
  },
  rebuildRequest: {
    fields: [{ name: 'request_id', type: 'integer', description: 'The request', required: true }, COUNT, PRIORITY],
  },
  builder: {
    fields: [
      { name: 'properties', description: 'A JSON object, as text' },
      { name: 'files', description: 'A JSON array, as text' },
      PRIORITY,
    ],
  },
} as const satisfies Readonly<Record<string, BodyContent>>;
