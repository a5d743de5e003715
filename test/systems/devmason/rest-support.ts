import { HttpClient, type Reply, type RequestOptions } from '../../support/http.js';
import { startTestServer, type TestServer, type TestServerOptions } from '../../support/server.js';

/** Headers of Basic credentials. */
export function basic(user: string, password: string): Record<string, string> {
  return { Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
}

/** Users of the tests. Nobody knows them until they create something. */
export const GENIE = basic('genie', 'open sesame');
export const JAFAR = basic('jafar', 'a:b c');
/** A name that is known with a password that is not. */
export const WRONG = basic('genie', 'wrong');
/** Credentials that are wrong for the name of an account of the gateway, once it is there; no password is compared. */
export const SEALED = basic('operator', 'x');
/** Credentials that nobody can read. */
export const UNREADABLE = { Authorization: 'Digest username="genie"' };
export const NOBODY = {};

/** The way that requests take to the dialect. */
export interface Way {
  readonly name: string;
  readonly prefix: string;
  readonly host?: string;
}

/** Under the path prefix and at the root of the virtual host. */
export const WAYS: readonly Way[] = [
  { name: 'under the path prefix', prefix: '/devmason' },
  { name: 'at the virtual host', prefix: '', host: 'devmason.localhost' },
];

const JSON_TYPE = { 'Content-Type': 'application/json' };

/** A gateway as clients of the dialect see it. Data comes from the writes of the dialect. */
export class DevmasonServer {
  readonly http: HttpClient;

  private constructor(
    readonly gateway: TestServer,
    readonly way: Way,
  ) {
    this.http = new HttpClient(gateway.url);
  }

  static async start(options: TestServerOptions = {}, way: Way = WAYS[0]!): Promise<DevmasonServer> {
    return new DevmasonServer(await startTestServer(options), way);
  }

  /** The same gateway by another way. */
  by(way: Way): DevmasonServer {
    return new DevmasonServer(this.gateway, way);
  }

  /** What stands in front of paths in URLs of answers. */
  get base(): string {
    const { prefix, host } = this.way;
    return host === undefined ? `${this.gateway.url}${prefix}` : `http://${host}${prefix}`;
  }

  get = (path: string, headers = NOBODY): Promise<Reply> => this.send('GET', path, { headers });
  head = (path: string, headers = NOBODY): Promise<Reply> => this.send('HEAD', path, { headers });
  delete = (path: string, headers = NOBODY): Promise<Reply> => this.send('DELETE', path, { headers });
  options = (path: string, headers = NOBODY): Promise<Reply> => this.send('OPTIONS', path, { headers });

  put = (path: string, body: string | object, headers = NOBODY): Promise<Reply> =>
    this.send('PUT', path, { body, headers: { ...JSON_TYPE, ...headers } });
  post = (path: string, body: string | object, headers = NOBODY): Promise<Reply> =>
    this.send('POST', path, { body, headers: { ...JSON_TYPE, ...headers } });

  send(method: string, path: string, options: RequestOptions = {}): Promise<Reply> {
    const { prefix, host } = this.way;
    return this.http.send(method, prefix + path, { ...(host !== undefined && { host }), ...options });
  }

  /** Registers a project. */
  async project(slug: string, headers = NOBODY, name = slug): Promise<void> {
    expectStatus(201, await this.put(`/${slug}`, { name }, headers));
  }

  /** Reports a build, under an id when it has one; gives its id. */
  async build(slug: string, build: object = {}, headers = NOBODY, id?: string): Promise<string> {
    const body = { ...BUILD, ...build };
    const path = `/${slug}/builds`;
    const reply =
      id === undefined ? await this.post(path, body, headers) : await this.put(`${path}/${id}`, body, headers);
    return idOf(expectStatus(201, reply));
  }

  /** Starts an incremental build; gives its id. */
  start(slug: string, build: object = {}, headers = NOBODY, id?: string): Promise<string> {
    return this.build(slug, { incremental: true, ...build }, headers, id);
  }

  close(): Promise<void> {
    return this.gateway.close();
  }
}

/** A build with what it must have. */
export const BUILD = { success: true, client: { host: 'h', arch: 'a' } };

function expectStatus(status: number, reply: Reply): Reply {
  if (reply.status !== status) throw new Error(`${reply.status} ${reply.text}`);
  return reply;
}

function idOf({ headers }: Reply): string {
  return /\/builds\/([^/]+)(?:\/progress)?$/.exec(headers.location!)![1]!;
}

/** `rel` and last part of each link of a representation, with what the client may do there. */
export function linksOf({ links }: { links: { rel: string; href: string; allowed_methods: string[] }[] }): string[] {
  return links.map(({ rel, href, allowed_methods }) => `${rel} ${href} ${allowed_methods.join(',')}`);
}
