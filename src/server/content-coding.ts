import { pipeline, Readable } from 'node:stream';
import { promisify } from 'node:util';
import { createGzip, gzip } from 'node:zlib';
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

/**
 * The answer with its body compressed; one that has no body stays as it is.
 * @param over so many bytes a body has at most that stays as it is; pieces made on demand are always compressed
 */
export async function compressed<Answer extends DialectResponse>(answer: Answer, over = 0): Promise<Answer> {
  const { body, headers } = answer;
  if (body === undefined) return answer;
  const whole = typeof body === 'string' || body instanceof Uint8Array;
  if (whole && Buffer.byteLength(body) <= over) return answer;
  const coded = whole ? await gzipped(body) : gzippedPieces(body);
  return { ...answer, body: coded, headers: { ...headers, 'Content-Encoding': 'gzip' } };
}

/** Asks for no piece before it is asked itself, nor after it was left. */
async function* gzippedPieces(pieces: AsyncIterable<string | Uint8Array>): AsyncGenerator<Uint8Array> {
  const coder = createGzip();
  // A fault of a piece reaches whoever reads from the coder.
  pipeline(Readable.from(pieces), coder, () => undefined);
  yield* coder as AsyncIterable<Uint8Array>;
}
