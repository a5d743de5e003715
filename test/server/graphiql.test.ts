import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { graphiqlRouter } from '../../src/server/graphiql.js';

let folder: string;
let server: Server;
let url: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'graphiql-'));
  server = createServer(express().use('/graphiql', graphiqlRouter({ operationOf, builtFiles: folder })));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphiql`;
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

/** Operations by `SYSTEM/NAME`. */
const OPERATIONS: Readonly<Record<string, string>> = { 'toy/Upper': 'query Upper {\n  upper\n}\n' };
const operationOf = (system: string, name: string): string | undefined => OPERATIONS[`${system}/${name}`];

function build(): void {
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html>\n');
  writeFileSync(join(folder, 'assets/index-1a2b.js'), 'export {};\n');
}

describe('GraphiQL on the server', () => {
  it('answers 404 with the command to run when it was not built', async () => {
    const response = await fetch(url);
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(await response.text()).toBe('GraphiQL is not built here. Run: npm run build:graphiql\n');
  });

  it.each(['', '/'])('serves the page at /graphiql%s, to be asked for anew each time', async (slash) => {
    build();
    const response = await fetch(url + slash, { redirect: 'error' });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-cache');
    expect(await response.text()).toBe('<!doctype html>\n');
  });

  it('allows the page its own origin only', async () => {
    build();
    const policy = (await fetch(url)).headers.get('content-security-policy');
    expect(policy).toBe(
      "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self' 'unsafe-inline'; " +
        "font-src 'self' data:; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; " +
        "frame-ancestors 'none'",
    );
  });

  it('serves files named by their content as JavaScript, to be kept for a year', async () => {
    build();
    const response = await fetch(`${url}/assets/index-1a2b.js`);
    expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it.each(['/assets/index-ffff.js', '/assets/', '/assets', '/assets/..%2findex.html', '/other'])(
    'answers 404 for %s',
    async (path) => {
      build();
      const response = await fetch(url + path, { redirect: 'error' });
      expect(response.status).toBe(404);
      expect(await response.text()).toBe('GraphiQL has no such file.\n');
    },
  );
});
