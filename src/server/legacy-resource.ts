import type { NotedResponse } from './noted-response.js';

/** A URI of an old API as the counts of its use and its end of life see it: one object for each, for the life of the gateway. */
export interface LegacyResource {
  /** Name of the system: `freshmaker`. */
  readonly system: string;
  /** Path prefix of the mount. */
  readonly prefix: string;
  /** The documented URI below the mount; `NO_ROUTE` stands for all that are none. */
  readonly route: string;
  /** Headers of every answer, which announce its end; names in the spelling of their documents. */
  readonly notices: readonly (readonly [name: string, value: string])[];
}

/** Notes what an answer is an answer of, before its head is written. */
export function noteResource(response: NotedResponse, resource: LegacyResource): void {
  response.locals['resource'] = resource;
  for (const [name, value] of resource.notices) response.appendHeader(name, value);
}

/** What an answer is an answer of; undefined where it is none of an old API. */
export function notedResource({ locals }: Pick<NotedResponse, 'locals'>): LegacyResource | undefined {
  return locals['resource'] as LegacyResource | undefined;
}
