// Sends requests as fast as they are answered: a program that `load.ts` starts and tells what to do.
import { Pool, type Dispatcher } from 'undici';
import type { LoadOrder, LoadResult } from './load.ts';
import { answerMessages } from './processes.ts';

answerMessages<LoadOrder, LoadResult>(async (order) => {
  const pool = new Pool(order.url, { connections: order.connections, pipelining: 1 });
  try {
    return await run(pool, order);
  } finally {
    await pool.close();
  }
});

/** Requests begin until the time is over; the last answers are waited for, and count with their time. */
async function run(pool: Pool, { requests, host, from, connections, seconds }: LoadOrder): Promise<LoadResult> {
  const begun = performance.now();
  const deadline = begun + seconds * 1000;
  let next = from;
  let bytes = 0;
  const connection = async (): Promise<void> => {
    do {
      const number = next++;
      const { method, path, body } = requests[number % requests.length]!;
      const headers = { host, ...(body !== undefined && { 'content-type': 'application/json' }) };
      bytes += await exchange(pool, { method, path: path.replace('{n}', String(number)), headers, body: body ?? null });
    } while (performance.now() < deadline);
  };
  await Promise.all(Array.from({ length: connections }, connection));
  return { answers: next - from, next, bytes, seconds: (performance.now() - begun) / 1000 };
}

/** Size of the body; nothing is kept of it. */
function exchange(pool: Pool, request: Dispatcher.DispatchOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    let bytes = 0;
    pool.dispatch(request, {
      onRequestStart: () => undefined,
      onResponseStart(_controller, status) {
        if (status !== 200) reject(new Error(`${request.path}: status ${status}.`));
      },
      onResponseData(_controller, chunk) {
        bytes += chunk.length;
      },
      onResponseEnd: () => resolve(bytes),
      onResponseError: (_controller, error) => reject(error),
    });
  });
}
