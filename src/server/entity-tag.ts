import { hash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { DialectResponse, WholeResponse } from './dialect-response.js';

/**
 * The answer with a strong entity tag: a digest of the very bytes that are sent, so that equal ones have the same tag
 * whichever gateway sent them and however often it was started, and a compressed body has another one. Answers that are no
 * representation, or are sent while they are made, have none.
 */
export function withEntityTag<Answer extends DialectResponse>(answer: Answer): Answer {
  const { status, headers, body } = answer;
  if (status !== 200 || (typeof body !== 'string' && !(body instanceof Uint8Array))) return answer;
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  return { ...answer, headers: { ...headers, ETag: `"${hash('sha256', bytes, 'base64url')}"` }, body: bytes };
}

/**
 * What a client is told that has the representation already: 304 with the headers of the answer, but for those that
 * describe its body and the links, which it has with it (RFC 9110, section 15.4.5). Undefined when it has another one,
 * or none.
 */
export function notModified(
  { 'if-none-match': known }: IncomingHttpHeaders,
  { headers = {} }: DialectResponse,
): WholeResponse | undefined {
  const { ETag: tag } = headers;
  if (known === undefined || tag === undefined || !names(known, tag)) return undefined;
  const kept = Object.entries(headers).filter(([name]) => !/^(?:link$|content-(?!security))/i.test(name));
  return { status: 304, headers: Object.fromEntries(kept) };
}

/** Whether a list of entity tags has this one; a weak one counts like the strong one (RFC 9110, section 13.1.2). */
function names(list: string, tag: string): boolean {
  return list.split(',').some((text) => {
    const listed = text.trim();
    return listed === '*' || listed === tag || listed === `W/${tag}`;
  });
}
