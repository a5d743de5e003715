import { HttpClient, type Reply } from '../../support/http.js';
import { startTestServer, type TestServer, type TestServerOptions } from '../../support/server.js';
import { RodanData } from './data.js';

/** A gateway as readers of Rodan's REST interface see it, on rows that tests write by themselves. */
export class RodanReader {
  readonly #tokens = new Map<string, string>();

  private constructor(
    readonly gateway: TestServer,
    readonly http: HttpClient,
    readonly data: RodanData,
  ) {}

  static async start(options: TestServerOptions = {}): Promise<RodanReader> {
    const gateway = await startTestServer(options);
    return new RodanReader(gateway, new HttpClient(gateway.url), new RodanData(gateway.app.store));
  }

  /** A user with a token; the number. */
  async user(name: string, columns: Parameters<RodanData['user']>[1] = {}): Promise<number> {
    const number = await this.data.user(name, columns);
    this.#tokens.set(name, await this.gateway.token(name));
    return number;
  }

  /** Address of a path below the mount. */
  url = (path: string): string => `${this.gateway.url}/rodan${path}`;

  /** Link to an object. */
  link = (kind: string, uuid: string): string => this.url(`/${kind}/${uuid}/`);

  /** Headers that sign a user in; none for null. */
  credentials(as: string | null): Record<string, string> {
    return as === null ? {} : { Authorization: `Token ${this.#tokens.get(as)}` };
  }

  /** @param path below the mount */
  send(method: string, path: string, as: string | null, headers: Record<string, string> = {}): Promise<Reply> {
    return this.http.send(method, `/rodan${path}`, { headers: { ...this.credentials(as), ...headers } });
  }

  get = (path: string, as: string | null = 'sue', headers: Record<string, string> = {}): Promise<Reply> =>
    this.send('GET', path, as, headers);

  close(): Promise<void> {
    return this.gateway.close();
  }
}
