import type { IncomingMessage } from 'node:http';
import type { Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { parseExact } from '../core/json.js';

/** The body is longer than the route allows. */
export class BodyTooLarge extends Error {}

/** The body is not what the route's body rule asks for; the message may be shown. */
export class UnreadableBody extends Error {}

/** The body is in a coding that is not taken. */
export class UnknownCoding extends Error {
  /** @param coding as `Content-Encoding` names it, in lower case */
  constructor(readonly coding: string) {
    super(`The coding ${coding} is not known.`);
  }
}

/** The client left before the exchange was over: nobody is there to be answered. */
export class ClientGone extends Error {}

/** Levels of nesting. Deeper texts are refused here, in the words of the dialect: the gate takes no deeper variables. */
const MAX_NESTING = 90;

/** Codings of bodies (RFC 9110, section 8.4.1; RFC 7932), one at a time: what each takes away. */
const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** The codings that are taken, as `Accept-Encoding` says so to who used another one. */
export const ACCEPTED_CODINGS = 'gzip, deflate, br';

/**
 * Reads a body as bytes, those that its coding stands for.
 * @param limit in bytes, as sent and as they are read
 * @throws BodyTooLarge as soon as the limit is passed, or at once when the declared length does so; UnknownCoding;
 * UnreadableBody when the coding is broken; ClientGone
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  if (Number(request.headers['content-length']) > limit) throw new BodyTooLarge();
  const decoder = decoderOf(request);
  if (decoder) return await joined(decodedPieces(request, decoder, limit));
  return await new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= limit) {
        chunks.push(chunk);
        return;
      }
      chunks.length = 0;
      reject(new BodyTooLarge());
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', () => reject(new ClientGone()));
    request.on('close', () => reject(new ClientGone()));
  });
}

/**
 * The pieces of a body as they arrive, decoded; no more than a few of them are in memory.
 * @param limit in bytes, as sent and as they are read
 * @throws BodyTooLarge as soon as the limit is passed, at once when the declared length does so; UnknownCoding;
 * UnreadableBody when the coding is broken; ClientGone
 */
export function bodyPieces(request: IncomingMessage, limit: number): AsyncIterable<Uint8Array> {
  if (Number(request.headers['content-length']) > limit) throw new BodyTooLarge();
  const decoder = decoderOf(request);
  return decoder ? decodedPieces(request, decoder, limit) : piecesUpTo(request, limit);
}

async function joined(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const piece of pieces) parts.push(piece);
  return Buffer.concat(parts);
}

function decoderOf({ headers }: IncomingMessage): Transform | undefined {
  const coding = (headers['content-encoding'] ?? '').trim().toLowerCase();
  if (coding === '' || coding === 'identity') return undefined;
  if (!Object.hasOwn(DECODERS, coding)) throw new UnknownCoding(coding);
  return DECODERS[coding]!();
}

/** Ends with the piece that is too much: a small body may stand for a very large one. */
async function* decodedPieces(
  request: IncomingMessage,
  decoder: Transform,
  limit: number,
): AsyncGenerator<Uint8Array, void> {
  // `pipeline` would close the connection with the decoder, and it must stay for the answer.
  const gone = (): void => void (request.complete || decoder.destroy(new ClientGone()));
  request.once('close', gone).once('error', gone).pipe(decoder);
  let length = 0;
  try {
    for await (const piece of decoder as AsyncIterable<Uint8Array>) {
      length += piece.length;
      if (length > limit) throw new BodyTooLarge();
      yield piece;
    }
  } catch (error) {
    if (error instanceof BodyTooLarge || error instanceof ClientGone) throw error;
    throw new UnreadableBody('the body is not what its Content-Encoding says');
  } finally {
    request.unpipe(decoder);
    decoder.destroy();
  }
}

async function* piecesUpTo(request: IncomingMessage, limit: number): AsyncGenerator<Uint8Array, void> {
  let length = 0;
  try {
    // Who stops reading still answers: the connection must stay.
    for await (const piece of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
      length += piece.length;
      if (length > limit) throw new BodyTooLarge();
      yield piece;
    }
  } catch (error) {
    throw error instanceof BodyTooLarge ? error : new ClientGone();
  }
}

/**
 * Parses strict UTF-8 JSON; bare values are allowed.
 * @param exactNumbers numbers that a double does not hold become objects that `JSON.stringify` writes as they were
 * @throws UnreadableBody naming the fault, also for an empty body and for nesting beyond 90 levels
 */
export function parseJson(bytes: Uint8Array, exactNumbers = false): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new UnreadableBody('the text is not UTF-8');
  }
  if (nestingOf(bytes) > MAX_NESTING) throw new UnreadableBody(`nested deeper than ${MAX_NESTING} levels`);
  try {
    return exactNumbers ? parseExact(text) : JSON.parse(text);
  } catch (error) {
    throw new UnreadableBody(error instanceof Error ? error.message : 'not JSON');
  }
}

/** Deepest level of brackets outside of strings; the text need not be valid. */
function nestingOf(bytes: Uint8Array): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (inString) {
      if (byte === 0x5c) at += 1;
      else if (byte === 0x22) inString = false;
    } else if (byte === 0x22) inString = true;
    else if (byte === 0x5b || byte === 0x7b) deepest = Math.max(deepest, (depth += 1));
    else if (byte === 0x5d || byte === 0x7d) depth -= 1;
  }
  return deepest;
}
