import { HttpClient, type Reply, type RequestOptions } from '../../support/http.js';
import { startTestServer, type TestServer, type TestServerOptions } from '../../support/server.js';
import { KERNELCI_IMPORT, TOKENS } from './rest-fixture.js';

/** What a request is sent with besides its path. */
interface CallOptions extends RequestOptions {
  /** The token that is the whole `Authorization`; the reader's unless told, none when null. */
  readonly as?: string | null;
}

/** A gateway with the data set, as clients of the mount see it. */
export class KernelciServer {
  readonly http: HttpClient;

  private constructor(readonly gateway: TestServer) {
    this.http = new HttpClient(gateway.url);
  }

  /** @param data in the import format */
  static async start(options: TestServerOptions = {}, data: object = KERNELCI_IMPORT): Promise<KernelciServer> {
    return new KernelciServer(await startTestServer({ import: { kernelci: data }, ...options }));
  }

  /** Sends a request below the mount. */
  send(method: string, path: string, { as = TOKENS.reader, headers, ...rest }: CallOptions = {}): Promise<Reply> {
    return this.http.send(method, `/kernelci${path}`, {
      ...rest,
      headers: { ...(as !== null && { Authorization: as }), ...headers },
    });
  }

  get(path: string, options: CallOptions = {}): Promise<Reply> {
    return this.send('GET', path, options);
  }

  /** Status and body of a GET. */
  async read(path: string, options: CallOptions = {}): Promise<any> {
    const { status, json } = await this.get(path, options);
    if (json.code !== status) throw new Error(`${path}: code ${json.code} with status ${status}`);
    return json;
  }

  /** Ids of the documents that a list shows. */
  async ids(path: string, options: CallOptions = {}): Promise<string[]> {
    return (await this.read(path, options)).result.map(({ _id }: any) => _id.$oid);
  }

  /** Result of a batch. */
  async batch(operations: unknown): Promise<any> {
    const reply = await this.send('POST', '/batch', {
      as: TOKENS.poster,
      headers: { 'Content-Type': 'application/json' },
      body: { batch: operations },
    });
    return reply.status === 200 ? reply.json.result : reply.json;
  }

  close(): Promise<void> {
    return this.gateway.close();
  }
}
