import { gunzipSync } from 'node:zlib';
import type { Reply } from '../support/http.js';

/** What belongs in a log and never in an answer: frames of a stack, words of a database or its driver, our own paths. */
const INTERNAL =
  /\n\s+at \S.*:\d+:\d+\)?|node:internal|\/node_modules\/|\/(?:src|dist)\/\w+\/[\w/-]+\.[jt]s|SQLITE_[A-Z]+|SqliteError|no such (?:table|column)|syntax error at or near|DriverException|duplicate key value|violates [\w-]+ constraint|constraint failed|invalid input syntax for|invalid byte sequence|out of range for type|Cannot read propert|is not a function|is not iterable|Maximum call stack/;

/** What an answer over HTTP breaks; nothing where it breaks no rule. */
export function brokenRule(method: string, reply: Reply, documented: ReadonlySet<number>): string | undefined {
  const { status, headers } = reply;
  if (status >= 500 && !documented.has(status)) return `status ${status}`;
  if (status < 200) return `status ${status}`;
  if ('x-injected' in headers) return 'a header that the client made up';
  if (method === 'HEAD' || status === 204 || status === 304) return reply.bytes.length > 0 ? 'a body' : undefined;
  const text = headers['content-encoding'] === 'gzip' ? gunzipSync(reply.bytes).toString() : reply.text;
  const internal = INTERNAL.exec(text)?.[0];
  if (internal !== undefined) return `internals in the body: ${internal.slice(0, 200)}`;
  // Freshmaker's contract: an answer to OPTIONS is empty, and of the type of all others.
  if (method === 'OPTIONS' && text === '') return undefined;
  return /\bjson\b/.test(headers['content-type'] ?? '') ? brokenJson(text) : undefined;
}

/** The same of JSON, an answer of GraphQL included. */
export function brokenJson(text: string): string | undefined {
  try {
    JSON.parse(text);
  } catch {
    return `no JSON: ${text.slice(0, 200)}`;
  }
  return /"code":\s*"INTERNAL_SERVER_ERROR"/.test(text) ? 'an internal error' : undefined;
}

/** Whether a text shows internals. */
export function showsInternals(text: string): boolean {
  return INTERNAL.test(text);
}
