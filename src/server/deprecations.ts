import { readFileSync } from 'node:fs';
import { BuildgateError } from '../core/errors.js';
import { parseTime } from '../core/time.js';
import type { Dialect } from './dialect.js';
import type { LegacyResource } from './legacy-resource.js';

type Notices = LegacyResource['notices'];
/** What is known of a dialect: which URIs it has. */
type Routes = Pick<Dialect, 'system' | 'routes'>;

const MEMBERS = ['system', 'route', 'deprecation', 'sunset', 'link'] as const;
type Member = (typeof MEMBERS)[number];
/** One entry of the file, with the place of a fault in front of what is said about it. */
interface Entry {
  readonly members: Readonly<Partial<Record<Member, string>>>;
  readonly refuse: (member: Member, reason: string) => never;
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;

/**
 * Headers that announce the end of routes: `Deprecation` (RFC 9745), `Sunset` (RFC 8594) and links to what is said about
 * it. Of several entries that fit a URI, the first one counts.
 */
export class Deprecations {
  readonly #notices: ReadonlyMap<string, Notices>;

  private constructor(notices: ReadonlyMap<string, Notices>) {
    this.#notices = notices;
  }

  /** Nothing ends. */
  static readonly none = new Deprecations(new Map());

  /**
   * Reads the file of an operator.
   * @throws BuildgateError INVALID that names the file, the entry and the member at fault
   */
  static read(file: string, dialects: readonly Routes[]): Deprecations {
    const refuse = (reason: string): never => {
      throw new BuildgateError('INVALID', `BUILDGATE_DEPRECATIONS: ${file}: ${reason}`);
    };
    const notices = new Map<string, Notices>();
    for (const entry of entriesOf(jsonOf(file, refuse), refuse)) {
      const found = noticesOf(entry);
      for (const key of keysOf(entry, dialects, notices)) notices.set(key, found);
    }
    return new Deprecations(notices);
  }

  /** The headers of every answer of a URI. */
  of({ system }: Routes, uri: string): Notices {
    return this.#notices.get(keyOf(system, uri)) ?? [];
  }
}

function keyOf(system: string, uri: string): string {
  return `${system} ${uri}`;
}

function jsonOf(file: string, refuse: (reason: string) => never): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    return refuse(error instanceof SyntaxError ? `no JSON: ${error.message}` : (error as Error).message);
  }
}

function entriesOf(json: unknown, refuse: (reason: string) => never): Entry[] {
  if (!Array.isArray(json)) return refuse('must be an array of objects.');
  return json.map((members: unknown, index) => {
    if (typeof members !== 'object' || members === null || Array.isArray(members))
      return refuse(`[${index}]: must be an object.`);
    for (const [name, value] of Object.entries(members)) {
      if (!(MEMBERS as readonly string[]).includes(name))
        return refuse(`[${index}].${name}: is no member; there are ${MEMBERS.join(', ')}.`);
      if (typeof value !== 'string') return refuse(`[${index}].${name}: must be a text.`);
    }
    return { members, refuse: (member: Member, reason: string) => refuse(`[${index}].${member}: ${reason}`) };
  });
}

/** Which URIs an entry is about; those of earlier entries are not among them. */
function keysOf(
  { members, refuse }: Entry,
  dialects: readonly Routes[],
  taken: ReadonlyMap<string, Notices>,
): string[] {
  const { system, route = refuse('route', 'is missing.') } = members;
  const dialect = dialects.find((one) => one.system === system);
  if (!dialect) {
    const names = dialects.map((one) => one.system).join(', ');
    return refuse('system', system === undefined ? 'is missing.' : `there is no "${system}"; there are ${names}.`);
  }
  const uris = [...new Set(dialect.routes.map(({ uri }) => uri))].filter((uri) => fits(route, uri));
  if (uris.length === 0) return refuse('route', `${system} has no route "${route}".`);
  const keys = uris.map((uri) => keyOf(dialect.system, uri)).filter((key) => !taken.has(key));
  return keys.length > 0 ? keys : refuse('route', 'earlier entries say it all; put this one in front of them.');
}

/** Whether a documented URI is what a pattern says, in which `*` stands for any text. */
function fits(pattern: string, uri: string): boolean {
  const parts = pattern.split('*').map((text) => text.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(uri);
}

function noticesOf(entry: Entry): Notices {
  const { members, refuse } = entry;
  const [deprecation, sunset] = [secondsOf(entry, 'deprecation'), secondsOf(entry, 'sunset')];
  if (deprecation === null && sunset === null)
    refuse('deprecation', 'is missing, and so is sunset; give at least one.');
  if (deprecation !== null && sunset !== null && sunset < deprecation)
    refuse('sunset', 'must not be before the deprecation.');
  const link = members.link === undefined ? null : urlOf(members.link, refuse);
  const relations = [deprecation !== null && 'deprecation', sunset !== null && 'sunset'].filter((rel) => rel !== false);
  return [
    ...(deprecation === null ? [] : [['Deprecation', `@${deprecation}`] as const]),
    ...(sunset === null ? [] : [['Sunset', new Date(sunset * 1_000).toUTCString()] as const]),
    ...(link === null ? [] : relations.map((relation) => ['Link', `<${link}>; rel="${relation}"`] as const)),
  ];
}

/** Seconds since 1970; a day begins at midnight in UTC. */
function secondsOf({ members, refuse }: Entry, member: 'deprecation' | 'sunset'): number | null {
  const text = members[member];
  if (text === undefined) return null;
  const micros = parseTime(DATE.test(text) ? `${text}T00:00:00Z` : text);
  if (micros === null) return refuse(member, `"${text}" is no date such as 2027-06-30 or 2027-06-30T12:00:00Z.`);
  return Math.floor(micros / 1_000_000);
}

function urlOf(text: string, refuse: Entry['refuse']): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) return refuse('link', `"${text}" is no http or https URL.`);
  return url.href;
}
