import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ClientGone } from './request-body.js';

/** What a dialect answers. */
export interface DialectResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * Text or bytes go out with their Content-Length. Pieces of text made on demand go out as the client takes them, and
   * no further piece is asked for once it has left.
   */
  readonly body?: string | Uint8Array | AsyncIterable<string>;
}

/** An answer that is complete before it is sent. */
export interface WholeResponse extends DialectResponse {
  readonly body?: string | Uint8Array;
}

/** Longest time in ms that a refused upload is still drained, so that the client gets to read the refusal. */
const LINGER_MS = 2000;

/** Writes an answer; HEAD gets the head alone. Rejects when a piece cannot be made. @throws ClientGone */
export async function sendResponse(answer: DialectResponse, response: ServerResponse): Promise<void> {
  const { status, headers, body = '' } = answer;
  if (typeof body !== 'string' && !(body instanceof Uint8Array)) {
    response.writeHead(status, headers);
    if (response.req.method === 'HEAD') response.end();
    else await sendPieces(body, response);
    return;
  }
  response.writeHead(status, { ...headers, ...lengthOf(status, body) });
  response.end(body);
}

async function sendPieces(pieces: AsyncIterable<string>, response: ServerResponse): Promise<void> {
  try {
    await pipeline(Readable.from(pieces), response);
  } catch (error) {
    const left = error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';
    throw left ? new ClientGone() : error;
  }
}

/** Answers without having read the body, then closes the connection. */
export function refuseUpload(answer: WholeResponse, request: IncomingMessage, response: ServerResponse): void {
  const body = answer.body ?? '';
  response.writeHead(answer.status, { ...answer.headers, ...lengthOf(answer.status, body), Connection: 'close' });
  response.write(body);
  const timer = setTimeout(() => response.end(), LINGER_MS);
  request.once('close', () => clearTimeout(timer));
  request.once('end', () => response.end());
  request.resume();
}

function lengthOf(status: number, body: string | Uint8Array): Record<string, string> {
  return status === 204 || status === 304 ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
}
