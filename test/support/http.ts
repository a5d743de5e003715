import { type Agent, type IncomingHttpHeaders, request as httpRequest } from 'node:http';
import { withoutCost } from './announced-cost.js';

/** An answer as it came over the wire. */
export interface Reply {
  readonly status: number;
  /** What the status line says behind the status. */
  readonly reason: string;
  readonly headers: IncomingHttpHeaders;
  /** The body as it came. */
  readonly bytes: Buffer;
  readonly text: string;
  /** The text parsed, without the cost of a GraphQL operation; throws when it is no JSON. */
  readonly json: any;
}

export interface RequestOptions {
  /** Host header, when it is not the server's own address. */
  readonly host?: string;
  /** Bearer token. */
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  /** Sent as it is; an object is sent as JSON text. No content type is added. */
  readonly body?: string | Uint8Array | object;
}

/** Sends requests with the method, path bytes and headers exactly as given: nothing is normalised or followed. */
export class HttpClient {
  /**
   * @param url of the server, `http://127.0.0.1:4000`
   * @param agent keeps connections for several requests; each has one of its own unless told
   */
  constructor(
    private readonly url: string,
    private readonly agent: Agent | false = false,
  ) {}

  get = (path: string, options: RequestOptions = {}): Promise<Reply> => this.send('GET', path, options);
  head = (path: string, options: RequestOptions = {}): Promise<Reply> => this.send('HEAD', path, options);
  options = (path: string, options: RequestOptions = {}): Promise<Reply> => this.send('OPTIONS', path, options);
  post = (path: string, options: RequestOptions = {}): Promise<Reply> => this.send('POST', path, options);
  patch = (path: string, options: RequestOptions = {}): Promise<Reply> => this.send('PATCH', path, options);
  delete = (path: string, options: RequestOptions = {}): Promise<Reply> => this.send('DELETE', path, options);

  send(method: string, path: string, { host, token, headers, body }: RequestOptions = {}): Promise<Reply> {
    const { hostname, port } = new URL(this.url);
    const bytes = body === undefined ? undefined : bytesOf(body);
    const allHeaders = {
      ...(host !== undefined && { Host: host }),
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      ...(bytes !== undefined && { 'Content-Length': String(bytes.byteLength) }),
      ...headers,
    };
    return new Promise((resolve, reject) => {
      const request = httpRequest({ hostname, port, method, path, headers: allHeaders, agent: this.agent });
      request.on('error', reject);
      request.on('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const bytes = Buffer.concat(chunks);
          const text = bytes.toString();
          resolve({
            status: response.statusCode!,
            reason: response.statusMessage!,
            headers: response.headers,
            bytes,
            text,
            get json() {
              const json: unknown = JSON.parse(text);
              return path.startsWith('/graphql') ? withoutCost(json) : json;
            },
          });
        });
      });
      request.end(bytes);
    });
  }
}

function bytesOf(body: string | Uint8Array | object): Uint8Array {
  if (body instanceof Uint8Array) return body;
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}
