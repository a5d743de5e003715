import type { BodyField } from '../../src/server/dialect-description.js';
import type { Dialect, Route } from '../../src/server/dialect.js';
import {
  documentedExchanges,
  type DocumentedExchange,
  type ExchangeBody,
} from '../../src/server/documented-exchange.js';
import type { Random } from '../bench/random.js';
import type { Samples } from './samples.js';
import { EDGE_TEXTS } from './edge-texts.js';
import { EDGE_NUMBERS, edgeText, edgeValue, jsonText, mutated, spoiledBytes } from './values.js';

/** A request as it goes over the wire. */
export interface HttpRequest {
  readonly method: string;
  /** Path and query, encoded. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

/** Values of `Authorization`. */
export interface CallerHeaders {
  /** Of those who may do much, in the words that the dialect takes. */
  readonly usual: readonly string[];
  /** Of callers of all other kinds. */
  readonly others: readonly string[];
}

const METHODS = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND', 'QUERY'];
const JSON_TYPE = 'application/json';
const FORM_TYPE = 'application/x-www-form-urlencoded';

/** Requests to one REST dialect, made from its route table and its documented exchanges, with something odd about them. */
export class DialectRequests {
  readonly #exchanges: readonly DocumentedExchange[];
  readonly #implemented: readonly Route[];

  constructor(
    private readonly dialect: Dialect,
    private readonly callers: CallerHeaders,
    private readonly samples: Samples,
  ) {
    this.#exchanges = documentedExchanges(dialect.description.exchanges);
    this.#implemented = dialect.routes.filter(({ answers }) => answers[501] === undefined);
  }

  next(random: Random): HttpRequest {
    // What is not implemented says the same whatever is sent.
    const route = random.pick(random.chance(0.1) ? this.dialect.routes : this.#implemented);
    const known = this.#exchanges.filter((exchange) => exchange.route === `${route.method} ${route.uri}`);
    const exchange = known.length > 0 && random.chance(0.7) ? random.pick(known) : undefined;
    const method = random.chance(0.06) ? random.pick(METHODS) : route.method;
    const payload = payloadOf(route, exchange?.body ?? this.#body(route, random), method, random);
    const headers = { ...this.#headers(random), ...(payload && { 'Content-Type': payload.type }) };
    return {
      method,
      target: this.dialect.prefix + this.#path(route, exchange, random) + this.#query(route, exchange, random),
      headers: random.chance(0.05) ? { ...headers, ...oddHeader(random) } : headers,
      ...(payload && { body: payload.bytes }),
    };
  }

  #path({ uri, parameters = {} }: Route, exchange: DocumentedExchange | undefined, random: Random): string {
    const path = uri.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
      const type = parameters[name];
      const values = Array.isArray(type) ? (type as readonly string[]) : this.samples.valuesOf(name, uri);
      const usual = exchange?.path?.[name] ?? random.pick(values);
      return encodedSegment(random.chance(0.12) ? this.#oddValue(usual, random) : usual, random);
    });
    if (random.chance(0.95)) return path;
    const at = random.below(path.length + 1);
    return (
      path.slice(0, at) + random.pick(['//', '/../', '/./', '%2F', ';a=b', '%00', '/', '%C0%AF', '%']) + path.slice(at)
    );
  }

  #query({ query = [] }: Route, exchange: DocumentedExchange | undefined, random: Random): string {
    const pairs: [string, string][] = Object.entries(exchange?.query ?? {}).flatMap(([name, value]) =>
      [value].flat().map((one): [string, string] => [name, random.chance(0.2) ? this.#oddValue(one, random) : one]),
    );
    for (const { name, values } of query) {
      if (!random.chance(query.length > 4 ? 0.15 : 0.35)) continue;
      const usual = values === 'integer' ? ['0', '1', '2', '5', '10'] : (values ?? this.samples.valuesOf(name));
      const value = random.pick(usual);
      pairs.push([name, random.chance(0.5) ? value : this.#oddValue(value, random)]);
    }
    if (random.chance(0.1))
      pairs.push([random.pick(oddNames(query.map(({ name }) => name))), this.#oddValue('', random)]);
    if (random.chance(0.1) && pairs.length > 0) pairs.push(random.pick(pairs));
    if (pairs.length === 0) return random.chance(0.03) ? random.pick(['?', '?&&=&', '?%', '?=x', '?a&a']) : '';
    return `?${pairs.map((pair) => pair.map((text) => encoded(text, random)).join('=')).join('&')}`;
  }

  #oddValue(usual: string, random: Random): string {
    if (random.chance(0.25)) return random.pick(this.samples.texts);
    if (random.chance(0.25)) return usual + edgeText(random);
    return random.chance(0.2) ? String(random.pick(EDGE_NUMBERS)) : random.pick(EDGE_TEXTS);
  }

  #headers(random: Random): Record<string, string> {
    if (random.chance(0.1)) return {};
    return { Authorization: random.pick(random.chance(0.8) ? this.callers.usual : this.callers.others) };
  }

  /** A body for a route: a sample record of what it is about, or what is declared of it. */
  #body({ uri, body: rule }: Route, random: Random): ExchangeBody {
    const rows = this.samples.rowsOf(uri);
    const value =
      rows.length > 0 && random.chance(0.7) ? random.pick(rows) : madeUpFields(rule?.content?.fields, random);
    if (rule?.kind === 'json') return { mediaType: JSON_TYPE, value };
    if (rule?.kind === 'form') return { mediaType: random.chance(0.2) ? MULTIPART : FORM_TYPE, value };
    return { mediaType: random.pick([JSON_TYPE, JSON_TYPE, FORM_TYPE, MULTIPART, 'text/xml']), value };
  }
}

function oddNames(names: readonly string[]): readonly string[] {
  const own = names.flatMap((name) => [`${name}[]`, `${name}[a]`, `${name}__in`, name.toUpperCase(), `$${name}`]);
  return [
    ...own,
    '__proto__',
    'constructor',
    '',
    '_method',
    'format',
    'callback',
    'sort',
    'order',
    'page',
    'limit',
    '\u0000',
  ];
}

/** A text in the coding of addresses: mostly as clients write it, sometimes in other ways, sometimes wrong. */
function encoded(text: string, random: Random): string {
  const usual = encodeURIComponent(text.toWellFormed()).replaceAll('%20', '+');
  if (random.chance(0.93)) return usual;
  return random.pick([
    encodeURIComponent(usual),
    Array.from(Buffer.from(text), (byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
    `${usual}%C0%AF`,
    `${usual}%ED%A0%80`,
    `${usual}%00`,
    `${usual}%`,
    `${usual}%ZZ`,
    `${usual}%u0041`,
    `${usual}\u00ff`,
  ]);
}

/** The same in a path, where `+` is no space. */
function encodedSegment(text: string, random: Random): string {
  return encoded(text, random).replaceAll('+', '%20');
}

interface Payload {
  readonly type: string;
  readonly bytes: Buffer;
}

function payloadOf(
  { body: rule }: Route,
  { mediaType, value }: ExchangeBody,
  method: string,
  random: Random,
): Payload | undefined {
  if (rule === undefined && (['GET', 'HEAD'].includes(method) || random.chance(0.7))) return undefined;
  const type = random.chance(0.05) ? random.pick(CONTENT_TYPES) : mediaType;
  const changed = random.chance(0.75) ? mutated(value, random) : value;
  return { type, bytes: spoiledBytes(bodyText(type, changed, random), random) };
}

const CONTENT_TYPES = [
  JSON_TYPE,
  FORM_TYPE,
  'text/plain',
  'text/xml',
  'application/octet-stream',
  'application/vnd.api+json',
  '',
  'a/b;;',
  '\u00ff',
  `${JSON_TYPE}; charset=utf-16`,
  `${JSON_TYPE}; charset="`,
  'multipart/form-data',
  'multipart/form-data; boundary=x',
];

function madeUpFields(fields: readonly BodyField[] = [], random: Random): unknown {
  const named = fields.filter(({ required }) => required === true || random.chance(0.5));
  return Object.fromEntries(named.map(({ name, type }) => [name, valueOfType(type, random)]));
}

function valueOfType(type: BodyField['type'], random: Random): unknown {
  if (random.chance(0.25)) return edgeValue(random);
  const usual = { text: 'x', integer: 1, number: 1.5, boolean: true, list: ['x'], object: { x: 1 }, any: 'x' };
  return usual[type ?? 'text'];
}

const BOUNDARY = 'fuzz-boundary';
const MULTIPART = `multipart/form-data; boundary=${BOUNDARY}`;

function bodyText(type: string, value: unknown, random: Random): string {
  if (type === FORM_TYPE) return formText(value, random);
  if (type.startsWith('multipart/')) return multipartText(value, random);
  return typeof value === 'string' && random.chance(0.9) ? value : jsonText(value, random);
}

function fieldsOf(value: unknown): [name: string, text: string][] {
  const members = typeof value === 'object' && value !== null ? Object.entries(value) : [['', value]];
  return members.map(([name, member]) => [
    String(name),
    typeof member === 'string' ? member : (JSON.stringify(member) ?? ''),
  ]);
}

function formText(value: unknown, random: Random): string {
  return fieldsOf(value)
    .map((field) => field.map((text) => encoded(text, random)).join('='))
    .join(random.chance(0.95) ? '&' : ';');
}

function multipartText(value: unknown, random: Random): string {
  const parts = fieldsOf(value).map(([name, text]) => {
    const file = random.chance(0.4) ? `; filename="${random.chance(0.5) ? 'a.txt' : edgeText(random)}"` : '';
    return `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n${text}\r\n`;
  });
  return parts.join('') + (random.chance(0.9) ? `--${BOUNDARY}--\r\n` : '');
}

const ODD_HEADERS: Readonly<Record<string, readonly string[]>> = {
  Accept: [
    'text/html',
    'application/json',
    'text/plain;q=0',
    '*/*;q=9',
    ',,,;',
    'a'.repeat(2_000),
    'application/json;version=2',
    '\u00ff',
  ],
  'Accept-Encoding': ['gzip', 'gzip;q=0', 'br, deflate', '*', 'identity;q=0', ';'],
  'Accept-Language': ['de', '*', '\u00ff'],
  Authorization: [
    '',
    'Basic',
    'Basic Og==',
    'Basic !!!',
    'Bearer',
    'Bearer  x',
    'Bearer \u00ff',
    'Digest a=b',
    'x'.repeat(4_000),
    'Basic AAAA',
    'Basic /////w==',
  ],
  'Content-Encoding': ['gzip', 'identity', 'br', 'x'],
  Cookie: ['a=b; __proto__=1', ';;;'],
  Expect: ['200-ok'],
  Host: [
    '',
    'a b',
    'freshmaker.localhost',
    'x'.repeat(300),
    'evil.example:99999',
    '[::1',
    'kernelci.localhost:1',
    '\'"<>',
  ],
  'If-None-Match': ['*', '"x"', 'W/"x", "y"', '"', 'x'.repeat(3_000)],
  'If-Modified-Since': ['yesterday', 'Tue, 20 Oct 2099 10:20:00 GMT'],
  Origin: ['null', 'https://evil.example', 'x', '\u00ff'],
  Range: ['bytes=0-0', 'bytes=-1', 'bytes=5-1,,', 'lines=1-2'],
  Referer: ['http://[', 'javascript:alert(1)'],
  'User-Agent': [
    '',
    '<script>alert(1)</script>',
    '\u00ff\u0085',
    'x'.repeat(8_000),
    '../../etc/passwd',
    '%00%0d%0a',
    '__proto__',
  ],
  'X-Forwarded-For': ['1.2.3.4', 'x, y', '::', ','],
  'X-Forwarded-Host': ['evil.example', 'a b'],
  'X-Forwarded-Proto': ['https', 'javascript', ','],
  'X-HTTP-Method-Override': ['DELETE', 'x'],
  'X-Remote-User': ['admin', '\u00ff'],
  'X-Request-Id': ['a'.repeat(65), '../x', '\u00ff'],
};

/** A header with a value that servers trip over. */
export function oddHeader(random: Random): Record<string, string> {
  const name = random.pick(Object.keys(ODD_HEADERS));
  return { [name]: random.pick(ODD_HEADERS[name]!) };
}
