import { XMLParser } from 'fast-xml-parser';
import { BuildgateError } from '../../../core/errors.js';
import { type Html, markup } from '../../../server/html.js';

/** What a value of XML-RPC can be; times are texts. */
export type RpcValue = string | number | boolean | null | readonly RpcValue[] | { readonly [name: string]: RpcValue };

/** A call: its method and what it is given. */
export interface RpcCall {
  readonly method: string;
  readonly parameters: readonly RpcValue[];
}

/** An element as the parser gives it: a text, or children by name, those of `LISTS` as arrays. */
type Element = string | { readonly [name: string]: Element | readonly Element[] };

const LISTS: ReadonlySet<string> = new Set(['param', 'value', 'member']);

const parser = new XMLParser({
  ignoreAttributes: true,
  ignoreDeclaration: true,
  parseTagValue: false,
  trimValues: false,
  htmlEntities: true,
  isArray: (name) => LISTS.has(name),
});

/**
 * Reads a call.
 * @throws BuildgateError INVALID when the text is no call
 */
export function parseCall(bytes: Uint8Array): RpcCall {
  const text = Buffer.from(bytes).toString('utf8');
  // Nobody's call needs entities of its own, which can be made to grow.
  if (/<!DOCTYPE/i.test(text)) throw notACall('it has a document type');
  const call = child(documentOf(text), 'methodCall');
  const method = textOf(child(call, 'methodName')).trim();
  const parameters = list(child(call, 'params'), 'param').map((parameter) => onlyValue(parameter));
  return { method, parameters };
}

function documentOf(text: string): Element {
  try {
    return parser.parse(text, true) as Element;
  } catch {
    throw notACall('it is not XML');
  }
}

function notACall(reason: string): BuildgateError {
  return new BuildgateError('INVALID', `This is no XML-RPC call: ${reason}.`);
}

function child(element: Element, name: string): Element {
  const found = typeof element === 'string' ? undefined : element[name];
  return found === undefined ? '' : (found as Element);
}

function list(element: Element, name: string): readonly Element[] {
  const found = child(element, name) as Element | readonly Element[];
  return Array.isArray(found) ? (found as readonly Element[]) : [];
}

/** Text of an element that has nothing but text. */
function textOf(element: Element): string {
  return typeof element === 'string' ? element : ((element['#text'] as string | undefined) ?? '');
}

function onlyValue(element: Element): RpcValue {
  const [value, ...others] = list(element, 'value');
  if (value === undefined || others.length > 0) throw notACall('something has not exactly one value');
  return valueOf(value);
}

function valueOf(value: Element): RpcValue {
  if (typeof value === 'string') return value;
  const type = Object.keys(value).find((name) => name !== '#text');
  const read = type === undefined ? undefined : READERS[type];
  if (type === undefined || read === undefined) throw notACall('a value has no known type');
  return read(child(value, type));
}

const READERS: Readonly<Record<string, (element: Element) => RpcValue>> = Object.assign(Object.create(null), {
  string: textOf,
  int: numberOf,
  i4: numberOf,
  i8: numberOf,
  double: numberOf,
  boolean: (element: Element) => textOf(element).trim() === '1',
  // 20091020T10:20:00, which has no hyphens.
  'dateTime.iso8601': (element: Element) =>
    textOf(element)
      .trim()
      .replace(/^(\d{4})(\d\d)(\d\d)T/, '$1-$2-$3T'),
  base64: (element: Element) => Buffer.from(textOf(element), 'base64').toString('utf8'),
  nil: () => null,
  array: (element: Element) => list(child(element, 'data'), 'value').map(valueOf),
  struct: (element: Element) =>
    Object.fromEntries(list(element, 'member').map((member) => [textOf(child(member, 'name')), onlyValue(member)])),
});

function numberOf(element: Element): number {
  const number = Number(textOf(element).trim() || Number.NaN);
  if (!Number.isFinite(number)) throw notACall('a number is none');
  return number;
}

/** The answer to a call: a text, or several values. */
export function responseText(value: string | readonly (string | boolean)[]): string {
  return document(markup`<params><param>${valueMarkup(value)}</param></params>`);
}

/** The answer to a call that failed. */
export function faultText(message: string): string {
  const code = markup`<member><name>faultCode</name><value><int>1</int></value></member>`;
  const text = markup`<member><name>faultString</name>${valueMarkup(message)}</member>`;
  return document(markup`<fault><value><struct>${code}${text}</struct></value></fault>`);
}

function document(content: Html): string {
  return markup`<?xml version="1.0"?>\n<methodResponse>${content}</methodResponse>\n`.text;
}

function valueMarkup(value: string | boolean | readonly (string | boolean)[]): Html {
  if (typeof value === 'string') return markup`<value><string>${value}</string></value>`;
  if (typeof value === 'boolean') return markup`<value><boolean>${value ? 1 : 0}</boolean></value>`;
  return markup`<value><array><data>${value.map(valueMarkup)}</data></array></value>`;
}
