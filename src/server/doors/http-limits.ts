import { type Server, type ServerOptions, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';

/** What one client may do to the server by HTTP alone. */
export interface HttpLimits {
  /** Connections of the process; more are closed at once. */
  readonly connections: number;
  /** Requests of a connection, which the last answer then closes; 0: any number. */
  readonly requestsPerConnection: number;
  /** Bytes of a request line and its headers. */
  readonly headerBytes: number;
  readonly headers: number;
  /** How long the head of a request may take. */
  readonly headersTimeoutMs: number;
  /** How long a whole request may take, with its body. */
  readonly requestTimeoutMs: number;
  /** How long a connection with a request may carry no byte in either direction. */
  readonly idleMs: number;
  /** How long a connection without a request is kept. */
  readonly keepAliveMs: number;
}

/** Node looks at what takes long so often; what is cut may be as much too old. */
const MOST_CHECK_MS = 5_000;

/** The part of the limits that a server is made with. */
export function serverOptions(limits: HttpLimits): ServerOptions {
  const { headerBytes, headersTimeoutMs, requestTimeoutMs, keepAliveMs } = limits;
  return {
    maxHeaderSize: headerBytes,
    headersTimeout: Math.min(headersTimeoutMs, requestTimeoutMs),
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: keepAliveMs,
    connectionsCheckingInterval: Math.min(MOST_CHECK_MS, Math.ceil(Math.min(headersTimeoutMs, requestTimeoutMs) / 4)),
  };
}

/**
 * Applies the rest; to be called before the server listens.
 * @param onDrop told of each connection that is one too many
 */
export function limitServer(server: Server, limits: HttpLimits, onDrop: () => void): void {
  server.maxConnections = limits.connections;
  server.maxRequestsPerSocket = limits.requestsPerConnection;
  // Node would drop what is too many without a word: one more shows that there are.
  server.maxHeadersCount = limits.headers + 1;
  server.timeout = limits.idleMs;
  server.on('drop', onDrop);
  server.on('clientError', refuseUnparsed);
}

/** Whether a request has more headers than it may. */
export function hasTooManyHeaders({ rawHeaders }: { readonly rawHeaders: readonly string[] }, limit: number): boolean {
  return rawHeaders.length > 2 * limit;
}

/** Statuses of what Node's parser and its timers refuse; anything else is no HTTP. */
const STATUSES: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** Answers what is no request with a line of text and closes the connection. */
function refuseUnparsed(error: UnparsedError, socket: Socket): void {
  // An answer in the middle of another one would be taken for a part of it.
  const { _httpMessage: current } = socket as Socket & { _httpMessage?: { readonly headersSent: boolean } | null };
  if (error.code === 'ECONNRESET' || !socket.writable || current?.headersSent === true) {
    socket.destroy();
    return;
  }
  const answer = plainAnswer(STATUSES[error.code ?? ''] ?? 400);
  socket.end(asksForHead(error) ? answer.slice(0, answer.indexOf(HEAD_END) + HEAD_END.length) : answer, () =>
    socket.destroy(),
  );
}

/** What Node's parser and its timers stumble over. */
interface UnparsedError extends NodeJS.ErrnoException {
  /** The bytes that could not be parsed, with what came with them. */
  readonly rawPacket?: Buffer;
}

const HEAD_END = '\r\n\r\n';

/** Whether what is no request was to be one for a head alone, behind which its client takes a body for something else. */
function asksForHead({ rawPacket }: UnparsedError): boolean {
  return rawPacket?.toString('latin1', 0, 5) === 'HEAD ';
}

/** A whole answer that says no more than its status. */
export function plainAnswer(status: number, headers = ''): string {
  const body = `${STATUS_CODES[status]}\n`;
  return (
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n` +
    `${headers}Content-Length: ${body.length}\r\n\r\n${body}`
  );
}
