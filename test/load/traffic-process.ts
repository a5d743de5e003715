// Sends traffic: a program that the others here start and tell what to do.
import { Pool, type Dispatcher } from 'undici';
import { answerMessages } from '../bench/processes.ts';
import { quantilesOf, type Quantiles } from './quantiles.ts';
import type { TrafficRequest } from './traffic.ts';

/** What is to be sent. */
export interface TrafficOrder {
  readonly url: string;
  readonly token: string;
  readonly requests: readonly TrafficRequest[];
  readonly connections: number;
  /**
   * Closed: each connection asks again when it has its answer, until so many requests have been sent (`count`) or so much
   * time is over (`seconds`). Open: `rate` requests per second for `seconds`, whatever is answered.
   */
  readonly loop:
    | { readonly kind: 'closed'; readonly count?: number; readonly seconds?: number }
    | { readonly kind: 'open'; readonly rate: number; readonly seconds: number };
  /** Whether answers that succeed must be what the same request was answered before the traffic. */
  readonly compared: boolean;
}

/** What came back. */
export interface TrafficResult {
  readonly sent: number;
  readonly seconds: number;
  readonly succeeded: number;
  /** Those of them that came within the time of the loop, where it has one. */
  readonly inTime: number;
  /** 503 with Retry-After and a body. */
  readonly refused: number;
  /** Everything else; the first few in words. */
  readonly wrong: number;
  readonly wrongExamples: readonly string[];
  readonly latencies: { readonly succeeded: Quantiles; readonly refused: Quantiles };
}

interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly text: string;
}

const MAX_EXAMPLES = 5;

answerMessages<TrafficOrder, TrafficResult>(async (order) => {
  const pool = new Pool(order.url, { connections: order.connections, pipelining: 1 });
  try {
    return await new Traffic(pool, order).run();
  } finally {
    await pool.close();
  }
});

class Traffic {
  readonly #pool: Pool;
  readonly #order: TrafficOrder;
  readonly #expected = new Map<TrafficRequest, string>();
  readonly #succeeded: number[] = [];
  readonly #refused: number[] = [];
  readonly #wrong: string[] = [];
  #sent = 0;
  #deadline = Infinity;
  #inTime = 0;
  #wrongCount = 0;

  constructor(pool: Pool, order: TrafficOrder) {
    this.#pool = pool;
    this.#order = order;
  }

  async run(): Promise<TrafficResult> {
    const { requests, compared, loop } = this.#order;
    if (compared) for (const request of requests) this.#expected.set(request, await this.#answerTo(request));
    await this.#connect();
    const begun = performance.now();
    this.#deadline = begun + (loop.seconds ?? Infinity) * 1_000;
    const release = stayAwake();
    if (loop.kind === 'closed') await this.#closed(loop);
    else await this.#open(loop);
    release();
    return {
      sent: this.#sent,
      seconds: (performance.now() - begun) / 1_000,
      succeeded: this.#succeeded.length,
      inTime: this.#inTime,
      refused: this.#refused.length,
      wrong: this.#wrongCount,
      wrongExamples: this.#wrong,
      latencies: { succeeded: quantilesOf(this.#succeeded), refused: quantilesOf(this.#refused) },
    };
  }

  /** Opens the connections, so that what is measured is requests. */
  async #connect(): Promise<void> {
    const { requests, connections } = this.#order;
    const first = async (): Promise<void> => void (await this.#ask(requests[0]!, -1).catch(() => undefined));
    await Promise.all(Array.from({ length: connections }, first));
  }

  /** What it is answered by a gateway that has time. */
  async #answerTo(request: TrafficRequest): Promise<string> {
    for (;;) {
      const answer = await this.#ask(request, -1);
      if (!isRefusal(answer)) return answer.text;
    }
  }

  async #closed({ count = Infinity }: { count?: number }): Promise<void> {
    const connection = async (): Promise<void> => {
      while (this.#sent < count && performance.now() < this.#deadline) await this.#one(performance.now());
    };
    await Promise.all(Array.from({ length: this.#order.connections }, connection));
  }

  /** What is due while all connections are taken waits here, and that counts as latency. */
  async #open({ rate, seconds }: { rate: number; seconds: number }): Promise<void> {
    const begun = performance.now();
    const total = Math.round(rate * seconds);
    const pending: Promise<void>[] = [];
    while (this.#sent < total) {
      const due = Math.min(total, Math.floor(((performance.now() - begun) / 1_000) * rate));
      while (this.#sent < due) pending.push(this.#one(begun + (this.#sent / rate) * 1_000));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await Promise.all(pending);
  }

  async #one(due: number): Promise<void> {
    const number = this.#sent++;
    const request = this.#order.requests[number % this.#order.requests.length]!;
    const answer = await this.#ask(request, number).catch((error: unknown) => String(error));
    const ms = performance.now() - due;
    if (typeof answer === 'string') this.#fault(request, answer);
    else if (isRefusal(answer)) this.#refused.push(ms);
    else if (this.#isRight(request, answer)) this.#success(ms);
    else this.#fault(request, `${answer.status} ${answer.text.slice(0, 200)}`);
  }

  #success(ms: number): void {
    this.#succeeded.push(ms);
    if (performance.now() <= this.#deadline) this.#inTime += 1;
  }

  #isRight(request: TrafficRequest, { status, text }: Answer): boolean {
    if (status < 200 || status > 299) return false;
    return (this.#expected.get(request) ?? text) === text;
  }

  #fault({ method, path }: TrafficRequest, what: string): void {
    this.#wrongCount += 1;
    if (this.#wrong.length < MAX_EXAMPLES) this.#wrong.push(`${method} ${path}: ${what}`);
  }

  /** A header that differs keeps an answer from being one that is given again. */
  async #ask({ method, path, body }: TrafficRequest, number: number): Promise<Answer> {
    const options: Dispatcher.RequestOptions = {
      method,
      path,
      body: body ?? null,
      headers: {
        authorization: `Bearer ${this.#order.token}`,
        accept: 'application/json',
        'x-number': String(number),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
    };
    const { statusCode, headers, body: answered } = await this.#pool.request(options);
    return { status: statusCode, retryAfter: headers['retry-after']?.toString(), text: await answered.text() };
  }
}

/**
 * Keeps this process from sleeping until released: to wake it for each answer would be work of the gateway's side, which it
 * has not with clients on other machines.
 */
function stayAwake(): () => void {
  let asleep = false;
  const round = (): void => {
    if (!asleep) setImmediate(round);
  };
  round();
  return () => (asleep = true);
}

function isRefusal({ status, retryAfter, text }: Answer): boolean {
  return status === 503 && retryAfter !== undefined && text !== '';
}
