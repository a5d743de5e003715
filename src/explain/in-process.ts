import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type RequestListener } from 'node:http';
import { duplexPair } from 'node:stream';
import type { Target } from './target.js';

/**
 * Sends a GET to a listener over a connection inside the process: nothing listens, and nothing reaches a network.
 * @returns the head of the answer, when its body has been read
 */
export async function getInProcess(
  listener: RequestListener,
  { host, path }: Target,
  headers: Readonly<Record<string, string>>,
): Promise<IncomingMessage> {
  const server = createServer(listener);
  const [client, peer] = duplexPair();
  server.emit('connection', peer);
  const asked = request({
    createConnection: () => client,
    path,
    headers: { ...headers, Host: host, Connection: 'close' },
  });
  asked.end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  answer.resume();
  await once(answer, 'end');
  client.destroy();
  peer.destroy();
  return answer;
}
