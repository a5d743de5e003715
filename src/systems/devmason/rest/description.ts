import {
  type BodyContent,
  type BodyField,
  type DialectDescription,
  GATEWAY_TOKEN,
} from '../../../server/dialect-description.js';

/** What documents tell of the dialect besides its routes. */
export const devmasonDescription: DialectDescription = {
  text: 'Projects, and builds that clients report: the API of Devmason Server. What refuses credentials refuses writes alone.',
  credentials: {
    basic: { kind: 'basic', text: 'Name and password of a user; a name that is new makes a user.' },
    bearer: GATEWAY_TOKEN,
  },
  parameters: {
    project: 'Short name of the project: `lamp-shop`',
    build_id: 'Number of the build within its project',
    username: 'Name of the user',
    tags: 'Tags, with commas between them',
  },
  mediaTypes: { answers: ['application/json'], refusals: ['text/plain'] },
  exchanges: new URL('./exchanges.json', import.meta.url),
};

const TIMES: readonly BodyField[] = [
  { name: 'started', description: 'Time as in mails (RFC 2822); now unless told' },
  { name: 'finished', description: 'Time as in mails (RFC 2822); now unless told' },
];

/** Members of bodies (contract devmason, section 7). */
export const FIELDS: Readonly<Record<'user' | 'project' | 'build' | 'step', readonly BodyField[]>> = {
  user: [
    { name: 'username', description: 'That of the URI' },
    { name: 'password', description: 'The new password' },
  ],
  project: [{ name: 'name', description: 'Name for people, 1 to 200 characters', required: true }],
  build: [
    { name: 'client', type: 'object', description: 'Where it was built: `host`, `arch`, `user`', required: true },
    { name: 'success', type: 'boolean', description: 'Whether all went well; needed unless `incremental`' },
    { name: 'incremental', type: 'boolean', description: 'Whether steps are added one by one' },
    ...TIMES,
    { name: 'tags', type: 'list', description: 'Tags' },
    { name: 'results', type: 'list', description: 'Steps, each as in a POST of `progress`' },
  ],
  step: [
    { name: 'name', description: 'Name', required: true },
    { name: 'success', type: 'boolean', description: 'Whether it went well', required: true },
    ...TIMES,
    { name: 'output', description: 'What it wrote to its output' },
    { name: 'errout', description: 'What it wrote as errors' },
  ],
};

/** Bodies of hooks (section 7.7). */
export const BODIES = {
  request: {
    fields: [
      { name: 'project', description: 'Short name of the project', required: true },
      { name: 'identifier', description: 'Revision or branch', required: true },
    ],
  },
  push: { fields: [{ name: 'payload', description: 'What the forge tells, as JSON text', required: true }] },
} as const satisfies Readonly<Record<string, BodyContent>>;
