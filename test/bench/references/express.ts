// The old pages on Express as it comes and prepared statements, numbered pages by plain OFFSET:
// node express.ts DATABASE_URL
import { createServer } from 'node:http';
import express from 'express';
import { pageReader } from './database.ts';
import { pageRequest, representPage } from './legacy.ts';
import { listen } from './listen.ts';

const read = pageReader(process.argv[2] ?? '');
const app = express();

app.get('/freshmaker/api/:version/events/', async (request, response) => {
  const query = new URLSearchParams(request.query as Record<string, string>);
  const asked = pageRequest(request.params.version, request.get('host') ?? '', query);
  const found = read(asked);
  response.json(representPage(asked, found instanceof Promise ? await found : found));
});

listen(createServer(app));
