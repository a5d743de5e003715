import assert from 'node:assert/strict';

/**
 * What the filters and orders of Rodan's lists mean (contract rodan, sections 5.2 and 5.3), worked out from whole lists as
 * their representations show them: another way to the answer than the gateway's.
 */

/** An object as its list shows it. */
export type Row = Readonly<Record<string, any>>;

/** All rows of all lists, by the names of the lists. */
export type Lists = Readonly<Record<string, readonly Row[]>>;

/** The kinds of fields that have lookups. */
export type Kind = 'text' | 'number' | 'status' | 'boolean' | 'time' | 'link' | 'user' | 'digits';

/** A value of a row that filters compare; links are UUIDs, times are microseconds. */
export type Value = string | number | boolean | bigint | null;

const KINDS: Readonly<Record<string, Kind>> = {
  created: 'time',
  updated: 'time',
  working_user_expiry: 'time',
  creator: 'user',
  working_user: 'user',
  status: 'status',
  processing_status: 'status',
  valid: 'boolean',
  interactive: 'boolean',
  enabled: 'boolean',
  extern: 'boolean',
  has_thumb: 'boolean',
  is_list: 'boolean',
  minimum: 'number',
  maximum: 'number',
  workflow_job_uuid: 'digits',
  resource_uuid: 'digits',
};
const TEXTS = new Set([
  'name',
  'description',
  'category',
  'label',
  'type',
  'job_name',
  'mimetype',
  'extension',
  'input_port_type_name',
  'output_port_type_name',
]);

/** Of what kind a field is. */
export function kindOf(field: string): Kind {
  return KINDS[field] ?? (TEXTS.has(field) ? 'text' : 'link');
}

/** The id at the end of a link, or of what is shown in full. */
function idOf(value: any): string | null {
  if (value === null) return null;
  const link: string = typeof value === 'string' ? value : value.url;
  return link.split('/').at(-2) ?? null;
}

/** Microseconds of a time as it is shown. */
export function microsOf(text: string): bigint {
  const [, seconds = '', fraction = ''] = /^(.*?)(?:\.(\d{6}))?Z$/.exec(text) ?? [];
  return BigInt(Date.parse(`${seconds}Z`)) * 1000n + BigInt(fraction.padEnd(6, '0'));
}

/** Reads fields of rows, also those that only another list shows. */
export class Fields {
  /** @param users names and numbers of the users */
  constructor(
    private readonly lists: Lists,
    private readonly users: Readonly<Record<string, number>>,
  ) {}

  value(list: string, field: string, row: Row): Value {
    const shown = this.#shown(list, field, row);
    switch (kindOf(field)) {
      case 'time':
        return shown === null ? null : microsOf(shown);
      case 'user':
        return shown === null ? null : (this.users[shown] ?? Number(idOf(shown)));
      case 'link':
        return field === 'uuid' ? shown : idOf(shown);
      default:
        return shown;
    }
  }

  #shown(list: string, field: string, row: Row): any {
    const direction = list.startsWith('input') ? 'input' : 'output';
    if (list.endsWith('ports') && field === 'workflow')
      return this.#of('workflowjobs', row['workflow_job'])['workflow'];
    if (list.endsWith('ports') && field === 'type')
      return this.#of(`${direction}porttypes`, row[`${direction}_port_type`])['name'];
    if (list === 'workflowjobgroups' && field === 'project') return this.#of('workflows', row['workflow'])['project'];
    assert(field in row, `${list} shows ${field}`);
    return row[field];
  }

  #of(list: string, link: string): Row {
    const found = this.lists[list]!.find(({ url }) => url === link);
    assert(found, `${list} has ${link}`);
    return found;
  }
}

const BOOLEANS: Readonly<Record<string, boolean>> = { true: true, '2': true, false: false, '3': false };
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const UUID = /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/;

/** Whether a row's value is one that a filter looks for; null when the filter looks for nothing in particular. */
export function matches(kind: Kind, lookup: string, value: Value, wanted: string): boolean | null {
  if (wanted === '') return null;
  if (lookup === 'isnull') {
    const isNull = BOOLEANS[wanted.toLowerCase()];
    return isNull === undefined ? null : (value === null) === isNull;
  }
  if (kind === 'boolean') {
    const truth = BOOLEANS[wanted.toLowerCase()];
    return truth === undefined ? null : value === truth;
  }
  return value !== null && found(kind, lookup, value, wanted);
}

function found(kind: Kind, lookup: string, value: Value, wanted: string): boolean {
  switch (kind) {
    case 'text':
      return lookup === 'icontains' ? String(value).toUpperCase().includes(wanted.toUpperCase()) : value === wanted;
    case 'number':
      return NUMBER.test(wanted.trim()) && compared(lookup, Number(value), Number(wanted));
    case 'time': {
      const time = TIMES[wanted];
      return time !== undefined && compared(lookup, value as bigint, microsOf(time));
    }
    case 'link':
      return linked(value, lookup === 'in' ? wanted.split(',') : [wanted]);
    case 'user':
      return /^\d+$/.test(wanted) && value === Number(wanted);
    case 'status':
    case 'digits':
      return String(value) === wanted;
    case 'boolean':
      throw new Error('answered before');
  }
}

function compared<Comparable extends number | bigint>(lookup: string, value: Comparable, bound: Comparable): boolean {
  if (lookup === 'lt') return value < bound;
  return lookup === 'gt' ? value > bound : value === bound;
}

function linked(value: Value, wanted: readonly string[]): boolean {
  const uuids = wanted.map((text) => text.toLowerCase());
  return uuids.every((uuid) => UUID.test(uuid)) && uuids.some((uuid) => uuid.replaceAll('-', '') === digits(value));
}

function digits(value: Value): string {
  return String(value).replaceAll('-', '');
}

/** Times as filters may write them, and as rows show them. */
export const TIMES: Readonly<Record<string, string>> = {
  '2016-02-01': '2016-02-01T00:00:00Z',
  '2016-02-02': '2016-02-02T00:00:00Z',
  '02/02/2016': '2016-02-02T00:00:00Z',
  '2/2/16': '2016-02-02T00:00:00Z',
  '2016-02-01 12:00': '2016-02-01T12:00:00Z',
  '2016-02-01 12:00:01': '2016-02-01T12:00:01Z',
  '2016-02-01 12:00:00.000001': '2016-02-01T12:00:00.000001Z',
  '2016-02-01T12:00:00.002002Z': '2016-02-01T12:00:00.002002Z',
  '02/01/2016 12:00:00.002': '2016-02-01T12:00:00.002000Z',
  '2016-02-01T13:00:00.000001+01:00': '2016-02-01T12:00:00.000001Z',
  '2016-02-01T07:00:00-0500': '2016-02-01T12:00:00Z',
  '1/1/68': '2068-01-01T00:00:00Z',
  '1/1/69': '1969-01-01T00:00:00Z',
};

/** Compares two values for an order: nothing is the greatest, text goes by code point, false comes before true. */
export function compareValues(one: Value, other: Value): number {
  if (one === null || other === null) return Number(one === null) - Number(other === null);
  if (typeof one === 'string') return Buffer.compare(Buffer.from(one), Buffer.from(String(other)));
  return one < other ? -1 : Number(one > other);
}
