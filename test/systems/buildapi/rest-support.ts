import { HttpClient, type Reply, type RequestOptions } from '../../support/http.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import { BUILDAPI_IMPORT } from './rest-fixture.js';

const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };
const JSON_WANTED = { Accept: 'application/json' };

/** The header of Basic credentials. */
export function basic(user: string, password: string): Record<string, string> {
  return { Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
}

/** What a write is sent with. */
interface WriteOptions {
  /** Sent urlencoded. */
  readonly form?: string;
  /** In place of alice's credentials. */
  readonly headers?: Record<string, string>;
  /** Whether HTML is wanted. */
  readonly html?: boolean;
}

/** A gateway with the data set, as clients of the mount see it. */
export class BuildapiServer {
  readonly http: HttpClient;

  private constructor(
    readonly gateway: TestServer,
    /** Credentials of alice. */
    readonly alice: Record<string, string>,
    readonly token: string,
  ) {
    this.http = new HttpClient(gateway.url);
  }

  /** @param env settings besides the usual; no agent carries jobs out unless told */
  static async start(env: Record<string, string> = {}): Promise<BuildapiServer> {
    const gateway = await startTestServer({
      import: { buildapi: BUILDAPI_IMPORT },
      env: { BUILDGATE_BUILDAPI_AGENT: 'external', ...env },
    });
    const token = await gateway.token('alice');
    return new BuildapiServer(gateway, basic('alice', token), token);
  }

  /** GET of a path below the mount, as JSON. */
  async json(path: string): Promise<any> {
    const { status, json } = await this.get(path);
    return { status, json };
  }

  get(path: string, options: RequestOptions = {}): Promise<Reply> {
    const headers = { ...JSON_WANTED, ...options.headers };
    return this.http.get(`/buildapi${path}`, { ...options, headers });
  }

  html(path: string, options: RequestOptions = {}): Promise<Reply> {
    return this.http.get(`/buildapi${path}`, options);
  }

  /** A write with alice's credentials. */
  write(method: string, path: string, { form, headers = this.alice, html = false }: WriteOptions = {}): Promise<Reply> {
    return this.http.send(method, `/buildapi${path}`, {
      ...(form !== undefined && { body: form }),
      headers: { ...(html ? {} : JSON_WANTED), ...(form === undefined ? {} : FORM), ...headers },
    });
  }

  /** Id of the job that an accepted write made. */
  async job(method: string, path: string, form?: string): Promise<any> {
    const reply = await this.write(method, path, form === undefined ? {} : { form });
    if (reply.status !== 202) throw new Error(`${method} ${path}: ${reply.status} ${reply.text}`);
    return (await this.get(`/builds/jobs/${reply.json.request_id}`)).json;
  }

  /** How many jobs there are. */
  async jobCount(): Promise<number> {
    return (await this.get('/builds/jobs?num=100000')).json.length;
  }

  close(): Promise<void> {
    return this.gateway.close();
  }
}
