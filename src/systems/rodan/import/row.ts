import { RowFields, shown, type Place } from '../../../core/import/fields.js';
import { parseOffsetTime } from '../../../core/time.js';
import type { LinkKind } from '../link-kind.js';

const UUID = /^([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})$/i;
/** What stands in front of the id at the end of a link; its scheme, host and prefix do not matter. */
const LINK = /(?:^|\/)([a-z]+)\/([^/]+)\/?$/;
const UPLOADS = '/uploads/';
/** Bytes of the smallest integers that columns hold: codes are far below. */
const MAX_CODE = 32_767;
/** Smallest and largest number of ports of a type. */
const MAX_PORTS = 2_147_483_647;

/** A UUID as columns have it: lower case, with dashes. Null when the value is none. */
export function uuidIn(value: unknown): string | null {
  const parts = typeof value === 'string' ? UUID.exec(value) : null;
  return parts === null ? null : parts.slice(1).join('-').toLowerCase();
}

/** Kind and id of what a link points to; null when the text is no link. */
function linkIn(value: unknown): { readonly kind: string; readonly id: string } | null {
  const path = typeof value === 'string' ? value.replace(/[?#].*$/s, '') : '';
  const [, kind, id] = LINK.exec(path) ?? [];
  return kind === undefined || id === undefined ? null : { kind, id };
}

/**
 * One object of a collection of the import format, which is a REST representation (contract rodan, sections 7 and 14). As
 * `RowFields`, every method throws a BuildgateError INVALID that names collection, id and field.
 */
export class RodanRow extends RowFields {
  readonly #kind: LinkKind;

  constructor(value: unknown, place: Place, kind: LinkKind) {
    super(value, place, 'uuid', (row) => uuidIn(row['uuid']) ?? uuidIn(linkIn(row['url'])?.id));
    this.#kind = kind;
  }

  /** The id of the object, from `uuid` or from the end of `url`. */
  uuid(): string {
    const fromUrl = this.has('url') ? this.link('url', this.#kind) : null;
    if (!this.has('uuid') && fromUrl !== null) return fromUrl;
    const uuid = this.parsed('uuid', uuidIn, 'a UUID');
    if (fromUrl !== null && fromUrl !== uuid) throw this.refusal('url', `the id there is not ${uuid}.`);
    return uuid;
  }

  /** The id at the end of a link; a UUID by itself is one, too. */
  link(field: string, kind: LinkKind): string {
    return this.linkFrom(field, this.value(field), kind);
  }

  /** The same; null when it is absent or null. */
  optionalLink(field: string, kind: LinkKind): string | null {
    return this.has(field) && !this.isNull(field) ? this.link(field, kind) : null;
  }

  /** A list of links; empty when absent. */
  links(field: string, kind: LinkKind): string[] {
    return this.list(field).map((value, index) => this.linkFrom(`${field}[${index}]`, value, kind));
  }

  /** Number of the user at the end of a link; null when it is absent or null. */
  optionalUser(field: string): number | null {
    if (!this.has(field) || this.isNull(field)) return null;
    const link = linkIn(this.value(field));
    const number = link?.kind === 'user' && /^\d{1,15}$/.test(link.id) ? Number(link.id) : null;
    if (number === null) throw this.refusal(field, `not a link to a user: ${shown(this.value(field))}.`);
    return this.numberFrom(field, number);
  }

  /** A UUID that may point nowhere. */
  plainUuid(field: string): string {
    return this.parsed(field, uuidIn, 'a UUID');
  }

  /** The same; null when it is absent or null. */
  optionalUuid(field: string): string | null {
    return this.has(field) && !this.isNull(field) ? this.plainUuid(field) : null;
  }

  /** 32 hex digits that may point nowhere. */
  hex(field: string): string {
    return this.parsed(field, uuidIn, '32 hex digits').replaceAll('-', '');
  }

  optionalHex(field: string): string | null {
    return this.has(field) && !this.isNull(field) ? this.hex(field) : null;
  }

  /** A text of at most so many characters. */
  short(field: string, most: number): string {
    return this.#atMost(field, this.text(field), most);
  }

  /** The same; the fallback when it is absent or null. */
  optionalShort<Fallback extends string | null>(field: string, most: number, fallback: Fallback): string | Fallback {
    const text = this.nullableText(field);
    return text === null ? fallback : this.#atMost(field, text, most);
  }

  /** A text; null when it is absent or null. */
  nullableText(field: string): string | null {
    return this.optionalText(field, null);
  }

  /** Microseconds since 1970, as far as a column holds them exactly. */
  instant(field: string): number {
    return this.parsed(
      field,
      (text) => parseOffsetTime(text)?.at ?? null,
      'a time such as 2016-02-01T12:00:00.002002Z',
    );
  }

  optionalInstant(field: string): number | null {
    return this.has(field) && !this.isNull(field) ? this.instant(field) : null;
  }

  /** A code of the old server; also one that it never had. */
  code(field: string): number {
    const code = this.integer(field);
    if (Math.abs(code) > MAX_CODE) throw this.refusal(field, `there is no state ${code}.`);
    return code;
  }

  optionalCode(field: string): number | null {
    return this.has(field) && !this.isNull(field) ? this.code(field) : null;
  }

  /** How many ports of a type there may be. */
  portCount(field: string): number {
    this.value(field);
    const count = this.optionalIntegerWithin(field, 0, MAX_PORTS);
    if (count === null) throw this.refusal(field, 'must be an integer, not null.');
    return count;
  }

  /** The path of a file behind `/uploads/`; null when there is none. */
  upload(field: string): string | null {
    // A path that an address cannot hold is written by itself.
    const own = this.nullableText(`${field}_path`);
    if (own) return own;
    const url = this.nullableText(field);
    if (url === null || url === '') return null;
    const at = url.indexOf(UPLOADS);
    const path = at < 0 ? '' : url.slice(at + UPLOADS.length).replace(/[?#].*$/s, '');
    if (path === '') throw this.refusal(field, `not the address of a file below ${UPLOADS}: ${shown(url)}.`);
    return path;
  }

  protected linkFrom(field: string, value: unknown, kind: LinkKind): string {
    const link = linkIn(value);
    const uuid = uuidIn(link?.kind === kind ? link.id : value);
    if (uuid === null) throw this.refusal(field, `not a link to ${kind}/{id}/: ${shown(value)}.`);
    return uuid;
  }

  #atMost(field: string, text: string, most: number): string {
    // A character is at most two units; who has fewer units than that is not counted.
    if (text.length > most && (text.length > 2 * most || Array.from(text).length > most)) {
      throw this.refusal(field, `has more than ${most} characters.`);
    }
    return text;
  }
}
