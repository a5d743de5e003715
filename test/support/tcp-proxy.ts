import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A proxy before a server, and the server's URL through it. */
export async function proxied(serverUrl: string, defaultPort: number): Promise<{ proxy: TcpProxy; url: string }> {
  const url = new URL(serverUrl);
  const proxy = await TcpProxy.before(url.hostname, Number(url.port || defaultPort));
  url.hostname = '127.0.0.1';
  url.port = String(proxy.port);
  return { proxy, url: url.href };
}

/** A TCP proxy on a port of its own, whose connections can be cut and stalled. */
export class TcpProxy {
  readonly #server: Server;
  readonly #pairs = new Set<{ client: Socket; target: Socket }>();
  #isOpen = true;
  #isStalled = false;

  private constructor(host: string, port: number) {
    this.#server = createServer((client) => this.#accept(client, connect(port, host)));
  }

  /** Listens before a server. */
  static async before(host: string, port: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(host, port);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Resolves with the next connection. */
  async connection(): Promise<void> {
    await once(this.#server, 'connection');
  }

  /** Calls back for each portion that a client sends, from now on. */
  onSent(listener: () => void): void {
    this.#server.on('connection', (client: Socket) => client.on('data', listener));
  }

  /** Ends all connections at once and refuses new ones until `open`. */
  shut(): void {
    this.#isOpen = false;
    this.cut();
  }

  open(): void {
    this.#isOpen = true;
  }

  /** Ends all connections at once. */
  cut(): void {
    for (const { client, target } of this.#pairs) {
      client.resetAndDestroy();
      target.resetAndDestroy();
    }
    this.#pairs.clear();
  }

  /** Keeps all connections, also new ones, and passes nothing on; as if the network had gone silent. */
  stall(): void {
    this.#isStalled = true;
    for (const { client, target } of this.#pairs) {
      client.unpipe(target).pause();
      target.unpipe(client).pause();
    }
  }

  /** Passes on what comes over new connections again; the stalled ones stay as they are. */
  resume(): void {
    this.#isStalled = false;
  }

  async close(): Promise<void> {
    this.shut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #accept(client: Socket, target: Socket): void {
    const pair = { client, target };
    for (const [socket, other] of [
      [client, target],
      [target, client],
    ] as const) {
      socket.on('error', () => undefined);
      socket.on('close', () => {
        other.destroy();
        this.#pairs.delete(pair);
      });
    }
    if (!this.#isOpen) return void client.resetAndDestroy();
    this.#pairs.add(pair);
    if (this.#isStalled) return;
    client.pipe(target);
    target.pipe(client);
  }
}
