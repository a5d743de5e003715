// Constant bytes on node:http: node constant.ts FILE
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { listen } from './listen.ts';

const body = readFileSync(process.argv[2] ?? '');
const headers = { 'Content-Type': 'application/json', 'Content-Length': body.length };

listen(createServer((_request, response) => void response.writeHead(200, headers).end(body)));
