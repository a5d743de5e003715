import { isIP } from 'node:net';

/** Why a value is refused; must not repeat the value, which may be a secret. */
export class Refusal extends Error {}

/** Where the records are kept. `path` is as given, relative to the working directory; `:memory:` keeps nothing. */
export type DatabaseSettings =
  { readonly kind: 'sqlite'; readonly path: string } | { readonly kind: 'postgresql'; readonly url: string };

export const SYSTEM_NAMES = ['freshmaker', 'buildapi', 'devmason', 'rodan', 'kernelci'] as const;
export type SystemName = (typeof SYSTEM_NAMES)[number];

/** The roles of contract freshmaker section 8. */
export const FRESHMAKER_ROLES = ['admin', 'manual_rebuilder', 'freshmaker_async_rebuilders'] as const;
export type FreshmakerRole = (typeof FRESHMAKER_ROLES)[number];

/** Who holds a role. */
export interface RoleMembers {
  readonly users: readonly string[];
  readonly groups: readonly string[];
}

/** Longest topic prefix: leaves room for the topic itself in the 255 bytes of a routing key. */
const MAX_PREFIX_LENGTH = 200;
const HOSTNAME = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;

/** A parser for one of a few words. */
export function oneOf<Word extends string>(...words: readonly Word[]): (text: string) => Word {
  return (text) => words.find((word) => word === text) ?? refuse('not one of these');
}

/** A parser for a decimal whole number between two bounds, both included. */
export function wholeNumber(lowest: number, highest: number): (text: string) => number {
  return (text) => {
    if (!/^\d{1,15}$/.test(text)) refuse('not a whole number');
    const number = Number(text);
    return number >= lowest && number <= highest ? number : refuse('out of range');
  };
}

/** Parts between commas, without surrounding blanks; none for the empty text. */
function commaList(text: string): string[] {
  if (text === '') return [];
  const parts = text.split(',').map((part) => part.trim());
  return parts.every((part) => part !== '') ? parts : refuse('an item is empty');
}

export function databaseUrl(text: string): DatabaseSettings {
  if (text.startsWith('sqlite:')) {
    const path = text.slice('sqlite:'.length);
    if (path === '') refuse('the path is missing');
    if (path.startsWith('//')) refuse('the path follows sqlite: directly, without //');
    return { kind: 'sqlite', path };
  }
  if (!/^postgres(ql)?:\/\//.test(text)) refuse('the scheme is neither sqlite nor postgresql');
  return URL.canParse(text) ? { kind: 'postgresql', url: text } : refuse('not a URL');
}

/** The URL of an AMQP broker as it was given; the virtual host is its path, percent-encoded. */
export function brokerUrl(text: string): string {
  if (!/^amqps?:\/\//i.test(text)) refuse('the scheme is neither amqp nor amqps');
  const url = URL.parse(text);
  if (!url || url.hostname === '') return refuse('not a URL with a host name');
  if (url.pathname.indexOf('/', 1) > 0) refuse('a slash in the virtual host is written %2F');
  return url.hash === '' ? text : refuse('it has a fragment');
}

/** A bearer token: what may stand in a header as one. */
export function token(text: string): string {
  return /^[A-Za-z0-9._~+/=-]+$/.test(text) ? text : refuse('not letters, digits and `._~+/=-` alone');
}

/** A text of at least so many characters. */
export function longText(length: number): (text: string) => string {
  return (text) => (text.length >= length ? text : refuse(`shorter than ${length} characters`));
}

/** The name of an exchange or a queue that we may declare: RabbitMQ keeps those that begin with `amq.` to itself. */
export function brokerName(text: string): string {
  if (text.startsWith('amq.')) refuse('it begins with amq.');
  return /^[\w.:-]{1,127}$/.test(text) ? text : refuse('not 1 to 127 letters, digits, `.`, `_`, `:` and `-`');
}

/** The name of a time zone as the IANA database has it. */
export function timeZone(text: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    return refuse('no such time zone');
  }
}

export function listenHost(text: string): string {
  return isIP(text) || HOSTNAME.test(text.toLowerCase()) ? text : refuse('neither an address nor a host name');
}

/** The URL without slashes at its end, so that paths can be appended. */
export function publicUrl(text: string): string {
  const url = URL.parse(text);
  if (!url || !/^https?:\/\//i.test(text)) return refuse('not an absolute http or https URL');
  if (/[?#]/.test(text)) refuse('it has a query or a fragment');
  if (url.username || url.password) refuse('it has credentials');
  return url.href.replace(/\/+$/, '');
}

/** Host names per system, in lower case, from `system=hostname,...`. */
export function virtualHosts(text: string): Readonly<Record<SystemName, readonly string[]>> {
  const hosts = Object.fromEntries(SYSTEM_NAMES.map((name) => [name, [] as string[]])) as Record<SystemName, string[]>;
  const taken = new Set<string>();
  for (const item of commaList(text)) {
    const [name, host = '', ...more] = item.split('=').map((part) => part.trim().toLowerCase());
    const system = SYSTEM_NAMES.find((known) => known === name);
    if (!system) return refuse(`"${name}" is not a system`);
    if (more.length > 0 || !HOSTNAME.test(host)) refuse(`${system} has no valid host name`);
    if (taken.has(host)) refuse(`${host} is there twice`);
    taken.add(host);
    hosts[system].push(host);
  }
  return hosts;
}

/** Addresses and networks of proxies, in the form that Express' `trust proxy` takes. */
export function trustedProxies(text: string): readonly string[] {
  return commaList(text).map((item) => {
    if (item === 'loopback') return item;
    const [address = '', bits, ...more] = item.split('/');
    const version = isIP(address);
    if (version === 0 || more.length > 0) return refuse(`"${item}" is not an address`);
    if (bits !== undefined) wholeNumber(1, version === 4 ? 32 : 128)(bits);
    return item;
  });
}

/** Origins as browsers send them: scheme and host, and the port where it is not the scheme's own. */
export function origins(text: string): readonly string[] {
  return commaList(text).map((item) => {
    const url = /^https?:\/\//.test(item) ? URL.parse(item) : null;
    return url?.origin === item ? item : refuse(`"${item}" is not an origin`);
  });
}

/** Origins, or `*` for all of them. */
export function originsOrAny(text: string): readonly string[] | 'any' {
  return text === '*' ? 'any' : origins(text);
}

/** Who holds which of Freshmaker's roles, from `{"role": {"users": [...], "groups": [...]}}`; only the roles named. */
export function freshmakerRoles(text: string): Readonly<Partial<Record<FreshmakerRole, RoleMembers>>> {
  const roles: Partial<Record<FreshmakerRole, RoleMembers>> = {};
  for (const [name, members] of Object.entries(jsonObject(text))) {
    const role = FRESHMAKER_ROLES.find((known) => known === name);
    if (!role) return refuse(`"${name}" is not a role`);
    if (!isObject(members)) return refuse(`${role} is not an object`);
    const unknown = Object.keys(members).find((key) => key !== 'users' && key !== 'groups');
    if (unknown !== undefined) refuse(`${role} has the unknown member "${unknown}"`);
    roles[role] = {
      users: names(members['users'], `${role}.users`),
      groups: names(members['groups'], `${role}.groups`),
    };
  }
  return roles;
}

export function topicPrefix(text: string): string {
  if (text.length > MAX_PREFIX_LENGTH) refuse('too long');
  return /^[\w-]+(\.[\w-]+)*$/.test(text) ? text : refuse('not words of letters, digits, _ and - with dots between');
}

export function repositoryNames(text: string): readonly string[] {
  const items = commaList(text);
  return items.some((item) => /\s/.test(item)) ? refuse('a name has a blank in it') : items;
}

/** @throws Refusal always */
export function refuse(reason: string): never {
  throw new Refusal(reason);
}

function jsonObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    refuse('not JSON');
  }
  return isObject(value) ? value : refuse('not a JSON object');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function names(value: unknown, where: string): readonly string[] {
  if (value === undefined) return [];
  const valid = Array.isArray(value) && value.every((name) => typeof name === 'string' && name !== '');
  return valid ? (value as string[]) : refuse(`${where} is not a list of names`);
}
