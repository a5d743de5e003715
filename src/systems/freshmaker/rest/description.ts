import { type DialectDescription, GATEWAY_TOKEN } from '../../../server/dialect-description.js';
import type { Route } from '../../../server/dialect.js';

/** What documents tell of the dialect besides its routes. */
export const freshmakerDescription: DialectDescription = {
  text: 'Events that call for rebuilds of container images, and their builds: versions 1 and 2 of the API of Freshmaker.',
  credentials: { bearer: GATEWAY_TOKEN },
  parameters: {
    version: 'Version of the API',
    id: 'Number of the record',
    nvr: 'Name, version and release of the image: `web-container-1.0-7`',
    project: 'First part of the name of the repository: `acme`',
    repository: 'Second part of the name of the repository: `web`',
  },
  mediaTypes: { answers: ['application/json'], refusals: ['application/json'] },
  exchanges: new URL('./exchanges.json', import.meta.url),
};

type Body = NonNullable<Route['body']>;

/** Body of PATCH of an event (contract freshmaker section 6.1); others members go to the workers. */
export const CANCELLATION: Body = {
  kind: 'json',
  content: { fields: [{ name: 'action', description: 'Nothing but `cancel`', required: true }] },
};

const IMAGES = [
  { name: 'freshmaker_event_id', type: 'integer', description: 'Event whose successful builds are reused' },
  { name: 'container_images', type: 'list', description: 'NVRs of the images to rebuild' },
  { name: 'dry_run', type: 'boolean', description: 'Whether nothing is built' },
  { name: 'force', type: 'boolean', description: 'Whether events of the advisory that are running do not matter' },
  { name: 'metadata', type: 'object', description: 'Kept with the event' },
  { name: 'dist_git_branch', description: 'Branch to build from' },
  { name: 'brew_target', description: 'Target to build for' },
  { name: 'bundle_related_image_overrides', type: 'object', description: 'Pullspecs of related images' },
] as const;

/** Body of POST of a manual rebuild (section 6.2). */
export const REBUILD: Body = {
  kind: 'json',
  content: {
    fields: [
      { name: 'errata_id', type: 'integer', description: 'Advisory; needed unless there is a base event' },
      ...IMAGES,
    ],
  },
};

/** Body of POST of a rebuild without advisory (section 6.3). */
export const ASYNC_REBUILD: Body = {
  kind: 'json',
  content: {
    fields: IMAGES.map((field) =>
      field.name === 'container_images' || field.name === 'dist_git_branch' ? { ...field, required: true } : field,
    ),
  },
};
