import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { BARE_PAGE_POLICY } from './security-policy.js';
import { ClientGone } from './request-body.js';

/** What a dialect answers. */
export interface DialectResponse {
  readonly status: number;
  /** What the status line says behind the status, the standard text unless told; what it cannot hold is left out. */
  readonly reasonPhrase?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * Text or bytes go out with their Content-Length. Pieces made on demand go out as the client takes them, and no further
   * piece is asked for once it has left.
   */
  readonly body?: string | Uint8Array | AsyncIterable<string | Uint8Array>;
}

/** An answer that is complete before it is sent. */
export interface WholeResponse extends DialectResponse {
  readonly body?: string | Uint8Array;
}

/** Longest time in ms that a refused upload is still drained, so that the client gets to read the refusal. */
const LINGER_MS = 2000;

/** Writes an answer; HEAD gets the head alone. Rejects when a piece cannot be made. @throws ClientGone */
export async function sendResponse(answer: DialectResponse, response: ServerResponse): Promise<void> {
  const { status, body = '' } = answer;
  if (typeof body !== 'string' && !(body instanceof Uint8Array)) {
    writeHead(answer, {}, response);
    if (response.req.method === 'HEAD') response.end();
    else await sendPieces(body, response);
    return;
  }
  const length = typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength;
  writeHead(answer, lengthOf(status, length), response);
  if (isShortAscii(body, length)) response.end(body, 'latin1');
  else response.end(bytesOf(body));
}

/** What fits, with its head, into the 16 KiB that Node has ready for a text; longer ones are better two buffers. */
const SHORT = 14_000;

/** Whether a body is the same bytes in the coding of heads, so that both can be sent as one text. */
function isShortAscii(body: string | Uint8Array, length: number): body is string {
  return typeof body === 'string' && body.length === length && length <= SHORT;
}

/** Node writes the head in the coding of a text body: with bytes it is Latin-1, as heads are. */
function bytesOf(body: string | Uint8Array): Uint8Array {
  return typeof body === 'string' ? Buffer.from(body) : body;
}

/** Characters that a status line cannot hold: it is bytes, of one line. */
// oxlint-disable-next-line no-control-regex -- these are the characters to take out
const UNFIT = /[\u0000-\u001F\u007F]|[^\u0000-\u00FF]/g;
const MAX_REASON = 500;

function writeHead(
  { status, reasonPhrase, headers }: DialectResponse,
  more: Readonly<Record<string, string>>,
  response: ServerResponse,
): void {
  if (reasonPhrase !== undefined) response.statusMessage = reasonPhrase.replace(UNFIT, '').slice(0, MAX_REASON);
  response.writeHead(status, { ...closedPage(headers), ...besideNotedLinks(headers, response), ...more });
}

/** HTML of an old API may repeat what a client sent: where the dialect has no policy of its own, nothing in it runs. */
function closedPage(headers: DialectResponse['headers']): Readonly<Record<string, string>> | undefined {
  const isPage = headers?.['Content-Type']?.startsWith('text/html') === true;
  return isPage ? { 'Content-Security-Policy': BARE_PAGE_POLICY } : undefined;
}

/** Headers of an answer, whose links stay beside those that were set before instead of taking their place. */
function besideNotedLinks(headers: DialectResponse['headers'], response: ServerResponse): DialectResponse['headers'] {
  if (headers?.['Link'] === undefined || !response.hasHeader('Link')) return headers;
  const { Link: link, ...others } = headers;
  response.appendHeader('Link', link);
  return others;
}

async function sendPieces(pieces: AsyncIterable<string | Uint8Array>, response: ServerResponse): Promise<void> {
  try {
    await pipeline(Readable.from(pieces), response);
  } catch (error) {
    const left = error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';
    throw left ? new ClientGone() : error;
  }
}

/** Answers without having read the body, then closes the connection. */
export function refuseUpload(answer: WholeResponse, request: IncomingMessage, response: ServerResponse): void {
  const body = bytesOf(answer.body ?? '');
  writeHead(answer, { ...lengthOf(answer.status, body.byteLength), Connection: 'close' }, response);
  response.write(body);
  const timer = setTimeout(() => response.end(), LINGER_MS);
  request.once('close', () => clearTimeout(timer));
  request.once('end', () => response.end());
  request.resume();
}

function lengthOf(status: number, bytes: number): Record<string, string> {
  return status === 204 || status === 304 ? {} : { 'Content-Length': String(bytes) };
}
