import type { BodyField } from '../../../server/dialect-description.js';
import type { QueryParameter, Route } from '../../../server/dialect.js';
import { BUILD_ID, SLUG, USERNAME } from '../names.js';
import { type Allowed, telling } from './options.js';
import { reading } from './reads.js';
import type { Answering, Setting } from './setting.js';
import { registering, writing } from './writes.js';

/** A documented URI: what reading and writing it does, and what a client is told that it may do there. */
export interface Resource {
  readonly uri: string;
  /** What it is about: a heading of the reference. */
  readonly subject: string;
  readonly get: Read;
  readonly writes?: readonly Write[];
  readonly options: Handling<Allowed>;
}

interface Handling<Handle> {
  /** Names of the stored operations behind it. */
  readonly operations: readonly string[];
  readonly handle: Handle;
}

interface Read extends Handling<Answering> {
  readonly summary: string;
  readonly query?: readonly QueryParameter[];
  readonly answers: Route['answers'];
}

interface Write extends Handling<Answering> {
  readonly method: 'POST' | 'PUT' | 'DELETE';
  readonly summary: string;
  /** Members of the body, for documents. */
  readonly fields?: readonly BodyField[];
  readonly answers: Route['answers'];
  /** Whether the operator may want credentials for it. */
  readonly registers?: true;
}

const PARAMETERS = { project: SLUG, build_id: BUILD_ID, username: USERNAME, tags: 'segment' } as const;

const FORMAT: QueryParameter = { name: 'format', description: '`json`; anything else is refused', values: ['json'] };

/** Test logs travel in reports: 32 MiB. */
const JSON_BODY: NonNullable<Route['body']> = {
  kind: 'json',
  mediaType: 'application/json',
  exactNumbers: true,
  limit: 32 * 1024 * 1024,
};

/** The routes of a resource: GET, its writes, OPTIONS. */
export function routesOf(setting: Setting, { uri, subject, get, writes = [], options }: Resource): Route[] {
  const names = Array.from(uri.matchAll(/\{(\w+)\}/g), ([, name]) => name as keyof typeof PARAMETERS);
  const parameters = Object.fromEntries(names.map((name) => [name, PARAMETERS[name]]));
  const address = { uri, subject, ...(names.length > 0 && { parameters }) };
  const { query = [] } = get;
  return [
    { ...address, ...get, method: 'GET', query: [...query, FORMAT], kept: true, handle: reading(setting, get.handle) },
    ...writes.map(({ registers, handle, fields, ...write }): Route => ({
      ...address,
      ...write,
      mediaTypes: write.method === 'PUT' ? ['application/json'] : [],
      ...(write.method !== 'DELETE' && { body: { ...JSON_BODY, ...(fields && { content: { fields } }) } }),
      handle: registers ? registering(setting, handle) : writing(setting, handle),
    })),
    {
      ...address,
      method: 'OPTIONS',
      mediaTypes: [],
      summary: 'What this client may do there',
      operations: options.operations,
      answers: { 200: 'The methods, in `Allow`', 404: 'Nothing that is there for this client' },
      handle: telling(setting, options.handle),
    },
  ];
}
