import { HttpClient } from '../support/http.js';
import { EXPIRY_MS } from '../support/expiry.js';

/** Waits until as many subscriptions are open as the metrics of the gateway say; each look is a request. */
export async function untilOpen(url: string, count: number): Promise<void> {
  const http = new HttpClient(url);
  const look = async () =>
    Number(/^buildgate_graphql_subscriptions (\d+)$/m.exec((await http.get('/metrics')).text)?.[1]);
  const deadline = Date.now() + EXPIRY_MS;
  let open = await look();
  while (open !== count) {
    if (Date.now() > deadline) throw new Error(`${open} subscriptions are open, not ${count}.`);
    open = await look();
  }
}
