// Sends the body of each POST to all WebSockets, as one message: node ws-broadcast.ts
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { WebSocketServer } from 'ws';
import { listen } from './listen.ts';

const server = createServer(async (request, response) => {
  const message = await buffer(request);
  for (const client of sockets.clients) client.send(message, { binary: false });
  response.end('{}');
});
const sockets = new WebSocketServer({ server });

listen(server);
