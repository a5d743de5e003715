import { BuildgateError } from '../../core/errors.js';

/**
 * The request bodies of manual rebuilds, checked member by member in the order and words of the contract (freshmaker,
 * sections 6.2 and 6.3).
 */

/** A body as it came: any JSON object. */
export type RequestBody = Readonly<Record<string, unknown>>;

/** What a request asks for, after the checks of its members. */
export interface RebuildRequest {
  /** Advisory, canonical decimal text; null when only the base event was given. */
  readonly errataId: string | null;
  readonly baseEventId: number | null;
  readonly containerImages: readonly string[];
  readonly dryRun: boolean;
  readonly force: boolean;
  readonly metadata: unknown;
}

const DIGITS = /^[0-9]{1,15}$/;
const OVERRIDES = 'bundle_related_image_overrides';

/** Refusal of a request body. */
export function refuse(message: string): never {
  throw new BuildgateError('INVALID', message);
}

/** Whether a member counts as given: falsy values and empty collections do not. */
function given(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return Boolean(value);
}

/** Check 1: an integer, or text of digits. */
export function readErrataId(body: RequestBody): string | null {
  const value = body['errata_id'];
  if (!given(value)) return null;
  if (Number.isSafeInteger(value)) return String(value);
  if (typeof value === 'string' && DIGITS.test(value)) return String(Number(value));
  return refuse('"errata_id" must be an integer.');
}

/** Check 2: an integer. */
export function readBaseEventId(body: RequestBody): number | null {
  const value = body['freshmaker_event_id'];
  if (!given(value)) return null;
  return Number.isInteger(value) ? (value as number) : refuse('"freshmaker_event_id" must be an integer.');
}

/** Checks 4 to 9, and what they let through. */
export function readMembers(body: RequestBody): Omit<RebuildRequest, 'errataId' | 'baseEventId'> {
  for (const name of ['dist_git_branch', 'brew_target']) {
    if (given(body[name]) && typeof body[name] !== 'string') refuse(`"${name}" must be a string.`);
  }
  const containerImages = body['container_images'] ?? (Object.hasOwn(body, 'container_images') ? null : []);
  if (!isTexts(containerImages)) refuse('"container_images" must be an array of strings.');
  const dryRun = flag(body, 'dry_run');
  const force = flag(body, 'force');
  if (given(body[OVERRIDES])) checkOverrides(body[OVERRIDES], containerImages as string[]);
  const metadata = given(body['metadata']) ? body['metadata'] : {};
  return { containerImages: containerImages as string[], dryRun, force, metadata };
}

function flag(body: RequestBody, name: string): boolean {
  if (!Object.hasOwn(body, name)) return false;
  const value = body[name];
  return typeof value === 'boolean' ? value : refuse(`"${name}" must be a boolean.`);
}

function checkOverrides(overrides: unknown, images: readonly string[]): void {
  if (images.length === 0) refuse('Manual image overriding allowed only when "container_images" is set explicitly');
  if (typeof overrides !== 'object' || Array.isArray(overrides)) refuse(`"${OVERRIDES}" must be a dictionary`);
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((element) => typeof element === 'string');
}
