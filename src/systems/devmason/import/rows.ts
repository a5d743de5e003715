import { isOwnHash } from '../../../core/auth/passwords.js';
import { recordId } from '../../../core/ids.js';
import type { BulkRow } from '../../../core/import/bulk.js';
import { RowFields, shown, type Place } from '../../../core/import/fields.js';
import { State, System } from '../../../core/model/states.js';
import { SLUG } from '../names.js';
import { indexedTextOf, optionalUsernameOf, requireIndexed, timeOf, usernameOf } from './values.js';

/**
 * Users, projects and build requests of the import format, checked as far as each can be alone (contract devmason,
 * section 10). Every reader throws a BuildgateError INVALID that names row and field.
 */

const DJANGO_PASSWORD = /^(?:sha1\$[^$]*\$[0-9a-f]{40}|md5\$[^$]*\$[0-9a-f]{32})$/i;
const REPOSITORY_TYPES = ['none', 'git', 'svn', 'hg', 'bzr'];

/** One of `users`, with a password in Django's form or ours. One that Django marked as unusable is none. */
export function readUser(value: unknown, place: Place): { readonly name: string; readonly password: string | null } {
  const fields = new RowFields(value, place);
  const name = usernameOf(fields, 'username');
  const password = fields.optionalText('password', null);
  if (!password || password.startsWith('!')) return { name, password: null };
  // What it is instead is not repeated.
  if (!DJANGO_PASSWORD.test(password) && !isOwnHash(password))
    throw fields.refusal('password', 'must be sha1$SALT$HEX or md5$SALT$HEX.');
  return { name, password };
}

/** One of `projects`; without an owner when the name of theirs is empty. */
export function readProject(value: unknown, place: Place): { readonly slug: string; readonly row: BulkRow } {
  const fields = new RowFields(value, place);
  const slug = fields.has('slug') ? fields.text('slug') : slugOfSelf(fields);
  if (!SLUG.test(slug)) throw fields.refusal('slug', `not the slug of a project: ${shown(slug)}.`);
  const owner = optionalUsernameOf(fields, 'owner');
  return { slug, row: [System.DEVMASON, slug, indexedTextOf(fields, 'name'), owner || null] };
}

/** The last part of the address that the old API gave for the project. */
function slugOfSelf(fields: RowFields): string {
  const links = fields.list('links') as readonly ({ rel?: unknown; href?: unknown } | null)[];
  const href = links.find((link) => link?.rel === 'self')?.href;
  if (typeof href !== 'string') throw fields.refusal('slug', 'is required.');
  const segment = /([^/]*)\/?$/.exec(href.replace(/[?#].*$/s, ''))?.[1] ?? '';
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** One of `build_requests`, with its repository if it has one. */
export interface ReadRequest {
  readonly number: number;
  readonly row: BulkRow;
  readonly repository: { readonly url: string; readonly type: string } | null;
}

export function readRequest(value: unknown, place: Place): ReadRequest {
  const fields = new RowFields(value, place);
  const number = fields.number('id');
  const repository = readRepository(fields);
  const row = [
    recordId(System.DEVMASON, number),
    System.DEVMASON,
    String(number),
    indexedTextOf(fields, 'identifier'),
    State.QUEUED,
    'requested',
    timeOf(fields, 'requested').at,
    fields.text('project'),
    repository?.url ?? null,
  ];
  return { number, row, repository };
}

function readRepository(request: RowFields): ReadRequest['repository'] {
  if (!request.has('repository') || request.isNull('repository')) return null;
  const { url, type = 'none' } = request.record('repository');
  if (typeof url !== 'string' || url === '')
    throw request.refusal('repository.url', 'must be a text that is not empty.');
  if (typeof type === 'string' && REPOSITORY_TYPES.includes(type)) {
    return { url: requireIndexed(request, 'repository.url', url), type };
  }
  const types = REPOSITORY_TYPES.join(', ');
  throw request.refusal('repository.type', `must be one of ${types}, not ${shown(type)}.`);
}
