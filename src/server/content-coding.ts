import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { DialectResponse } from './dialect-response.js';

const gzipped = promisify(gzip);

/** Whether an `Accept-Encoding` header takes gzip; an entry for gzip counts more than `*`. */
export function acceptsGzip(header: string | string[] | undefined): boolean {
  if (header === undefined) return false;
  const weights = new Map<string, number>();
  for (const entry of header.toString().toLowerCase().split(',')) {
    const [coding = '', ...parameters] = entry.split(';').map((part) => part.trim());
    const weight = parameters.find((parameter) => parameter.startsWith('q='));
    weights.set(coding, weight === undefined ? 1 : Number(weight.slice(2)));
  }
  return (weights.get('gzip') ?? weights.get('x-gzip') ?? weights.get('*') ?? 0) > 0;
}

/** The answer with its body compressed; one that has no body, or is sent in pieces, stays as it is. */
export async function compressed<Answer extends DialectResponse>(answer: Answer): Promise<Answer> {
  const { body, headers } = answer;
  if (!(typeof body === 'string' || body instanceof Uint8Array) || body.length === 0) return answer;
  return { ...answer, body: await gzipped(body), headers: { ...headers, 'Content-Encoding': 'gzip' } };
}
