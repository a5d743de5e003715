// The old pages on node:http and prepared statements: node plain-http.ts DATABASE_URL
import { createServer } from 'node:http';
import { pageReader } from './database.ts';
import { pageRequest, representPage } from './legacy.ts';
import { listen } from './listen.ts';

const read = pageReader(process.argv[2] ?? '');

listen(
  createServer(async (request, response) => {
    const [path = '', query] = request.url!.split('?');
    const version = /^\/freshmaker\/api\/([12])\/events\/$/.exec(path)?.[1];
    if (version === undefined) return void response.writeHead(404).end();
    const asked = pageRequest(version, request.headers.host ?? '', new URLSearchParams(query));
    const found = read(asked);
    const text = JSON.stringify(representPage(asked, found instanceof Promise ? await found : found));
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) });
    response.end(text);
  }),
);
