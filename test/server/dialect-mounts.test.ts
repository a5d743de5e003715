import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startToyServer } from './toy-dialect.js';

type ToyServer = Awaited<ReturnType<typeof startToyServer>>;

describe('mounts', () => {
  let server: ToyServer;
  beforeAll(async () => {
    server = await startToyServer();
  });
  afterAll(() => server.close());

  it('leaves the rest of the gateway alone', async () => {
    expect((await server.http.get('/healthz')).text).toBe('gateway');
    expect((await server.http.get('/toys')).text).not.toContain('toy has no');
  });

  it('answers the bare prefix with the dialect’s own words', async () => {
    expect(await server.http.get('/toy')).toMatchObject({ status: 404, text: 'toy has no ' });
    expect(await server.http.get('/toy/')).toMatchObject({ status: 404, text: 'toy has no /' });
    expect(await server.http.get('/strict/x')).toMatchObject({ status: 404, text: 'strict has none' });
  });

  it.each(['toy.localhost', 'TOY.localhost:8080', 'toy.localhost.', 'toys.example.org', 'Toys.Example.Org:443'])(
    'serves the dialect at the root of %s',
    async (host) => {
      expect((await server.http.get('/words/a', { host })).text).toBe('A');
    },
  );

  it('serves nothing else of the gateway on a virtual host', async () => {
    const options = { host: 'toy.localhost' };
    expect((await server.http.get('/healthz', options)).text).toBe('toy has no /healthz');
    expect((await server.http.get('/strict/list/', options)).text).toBe('toy has no /strict/list/');
    expect((await server.http.get('/toy/words/a', options)).text).toBe('toy has no /toy/words/a');
  });

  it('shows addresses the way the request came', async () => {
    const own = `http://127.0.0.1:${server.port}`;
    expect((await server.http.get('/toy/where')).text).toBe(`${own}/toy/where`);
    expect((await server.http.get('/toy/where', { host: 'Gate.Example:81' })).text).toBe(
      'http://Gate.Example:81/toy/where',
    );
    expect((await server.http.get('/where', { host: 'toy.localhost:81' })).text).toBe('http://toy.localhost:81/where');
    expect((await server.http.get('/toy/where', { host: '[::1]:81' })).text).toBe('http://[::1]:81/toy/where');
  });

  it.each(['a b', '"><script>', 'a/b', 'user@host', 'host:port', 'a,b', 'ä.example'])(
    'refuses the Host header %s',
    async (host) => {
      const reply = await server.http.get('/toy/where', { host });
      expect(reply).toMatchObject({ status: 400, text: 'badHost' });
    },
  );

  it('uses its own address for a client without a Host header', async () => {
    const socket = connect(server.port, '127.0.0.1');
    socket.end('GET /toy/where HTTP/1.0\r\n\r\n');
    let text = '';
    for await (const chunk of socket) text += chunk;
    expect(text).toMatch(new RegExp(`http://127\\.0\\.0\\.1:${server.port}/toy/where$`));
  });

  it('does not believe X-Forwarded headers of strangers', async () => {
    const headers = { 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'toy.localhost', 'X-Forwarded-Prefix': '/x' };
    expect((await server.http.get('/toy/where', { headers, host: 'gate' })).text).toBe('http://gate/toy/where');
  });

  it('refuses to start with a virtual host of no dialect', async () => {
    await expect(startToyServer({ hosts: { nosuch: ['x.example'] } })).rejects.toThrow(
      'Virtual host x.example: there is no dialect "nosuch"',
    );
  });
});

describe('behind a trusted proxy', () => {
  let server: ToyServer;
  beforeAll(async () => {
    server = await startToyServer({ trustProxy: (address) => address === '127.0.0.1' });
  });
  afterAll(() => server.close());

  const where = async (path: string, headers: Record<string, string>) =>
    (await server.http.get(path, { headers, host: 'inner' })).text;

  it('shows the scheme, host and path the client used', async () => {
    const headers = { 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'ci.example', 'X-Forwarded-Prefix': '/tools/' };
    expect(await where('/toy/where', headers)).toBe('https://ci.example/tools/toy/where');
  });

  it('finds the virtual host by the forwarded name', async () => {
    expect(await where('/where', { 'X-Forwarded-Host': 'toys.example.org' })).toBe('http://toys.example.org/where');
  });

  it('takes the last of several values and ignores what is no path or scheme', async () => {
    const headers = {
      'X-Forwarded-Host': 'evil.example, ci.example',
      'X-Forwarded-Proto': 'gopher',
      'X-Forwarded-Prefix': '/"x',
    };
    expect(await where('/toy/where', headers)).toBe('http://ci.example/toy/where');
  });

  it('refuses a forwarded host that is none', async () => {
    expect(await where('/toy/where', { 'X-Forwarded-Host': 'a b' })).toBe('badHost');
  });
});

describe('with a public address', () => {
  let server: ToyServer;
  beforeAll(async () => {
    server = await startToyServer({ publicUrl: 'https://ci.example.org/gate/' });
  });
  afterAll(() => server.close());

  it('shows it at the path prefix, and the host itself on a virtual host', async () => {
    expect((await server.http.get('/toy/where')).text).toBe('https://ci.example.org/gate/toy/where');
    expect((await server.http.get('/where', { host: 'toy.localhost' })).text).toBe('http://toy.localhost/where');
  });
});
