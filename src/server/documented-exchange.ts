import { readFileSync } from 'node:fs';

/**
 * A request with its answer, by which a route is documented. On a gateway that holds the sample records of the system
 * (`examples/<system>.json`) and nothing else, this request gets this answer: tests send them all.
 * Texts may hold `{{origin}}`, scheme and host as the client used them, and `{{mount}}`, the path of the mount.
 */
export interface DocumentedExchange {
  /** What tells it from the others of its route, in lower case with hyphens: `of-one-requester`. */
  readonly name: string;
  /** What it shows, in a line. */
  readonly summary: string;
  /** Method and template of the route, as documents write it: `GET /api/{version}/events/{id}`. */
  readonly route: string;
  /** Values of the parameters in the path, not encoded. */
  readonly path?: Readonly<Record<string, string>>;
  /** Values of the query, not encoded; those of a repeated parameter as a list. */
  readonly query?: Readonly<Record<string, string | readonly string[]>>;
  /** Who sends it; nobody in particular unless told. */
  readonly caller?: ExchangeCaller;
  /** When it is sent, as ISO text, where the answer depends on the clock. */
  readonly sentAt?: string;
  readonly body?: ExchangeBody;
  readonly answer: {
    readonly status: number;
    /** Headers that matter, by name in lower case. */
    readonly headers?: Readonly<Record<string, string>>;
    /** Left out where the answer has no body. */
    readonly body?: ExchangeBody;
    /** What the server makes by chance, such as ids: these texts stand for what it makes at another time. */
    readonly byChance?: readonly string[];
  };
}

/** An account of the gateway, with what it may do. */
export interface ExchangeCaller {
  readonly user: string;
  readonly roles?: readonly string[];
  /** Whether it is an administrator. */
  readonly admin?: true;
}

/** A body: of JSON and of forms the value, else the text. */
export interface ExchangeBody {
  /** Without parameters: `application/json`. */
  readonly mediaType: string;
  readonly value: unknown;
}

/** Reads the documented exchanges of a dialect, in the order of the file. */
export function documentedExchanges(file: URL): readonly DocumentedExchange[] {
  return JSON.parse(readFileSync(file, 'utf8')) as readonly DocumentedExchange[];
}

/** Where a client reaches a dialect. */
export interface Place {
  /** Scheme and host: `https://ci.example.org`. */
  readonly origin: string;
  /** Path of the mount, without a slash at its end: `/freshmaker`, or nothing at the root of a host. */
  readonly mount: string;
}

/** A value with the place of a client filled into all its texts. */
export function placed<Value>(value: Value, { origin, mount }: Place): Value {
  const filled = (text: string): string => text.replaceAll('{{origin}}', origin).replaceAll('{{mount}}', mount);
  if (typeof value === 'string') return filled(value) as Value;
  if (Array.isArray(value)) return value.map((item: unknown) => placed(item, { origin, mount })) as Value;
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => [
    filled(name),
    placed<unknown>(member, { origin, mount }),
  ]);
  return Object.fromEntries(members) as Value;
}
