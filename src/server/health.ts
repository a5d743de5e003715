import { Router } from 'express';
import type { RequestHandler } from 'express';

/** One condition of being ready: throws or rejects when it does not hold. */
export type ReadinessCheck = () => void | Promise<void>;

export interface HealthOptions {
  /** The conditions by the name they have in the answer: `database`, `migrations`, `running`. */
  readonly checks: Readonly<Record<string, ReadinessCheck>>;
  /** What is shown and does not decide: when it does not hold, something is late and nothing refused. */
  readonly shown?: Readonly<Record<string, () => boolean>>;
  /** How long one check may take, in milliseconds (default 2,000); longer counts as failed. */
  readonly timeoutMs?: number;
  /** Told why a check failed, for the log; the answer only says that it did. */
  readonly onFailure?: (name: string, error: unknown) => void;
}

/**
 * `GET /healthz`: 200 `{"status":"ok"}` as long as the process can answer at all.
 * `GET /readyz`: 200 `{"status":"ok","checks":{"database":"ok"}}` when all checks hold, else 503 with `"status":
 * "unavailable"` and `"failed"` for each check that does not; what is only shown is `"ok"` or `"degraded"`. Both are open to everybody, so they tell nothing more.
 */
export function healthRouter(options: HealthOptions): Router {
  const router = Router({ caseSensitive: true, strict: true });
  router.get('/healthz', (_request, response) => {
    response.set('Cache-Control', 'no-store').json({ status: 'ok' });
  });
  router.get('/readyz', readiness(options));
  return router;
}

function readiness({
  checks,
  shown = {},
  timeoutMs = 2_000,
  onFailure = () => undefined,
}: HealthOptions): RequestHandler {
  const named = Object.entries(checks).map(([name, check]) => ({ name, run: shared(check) }));
  return async (_request, response) => {
    const results = await Promise.all(
      named.map(async ({ name, run }) => {
        try {
          await within(timeoutMs, run());
          return [name, 'ok'] as const;
        } catch (error) {
          onFailure(name, error);
          return [name, 'failed'] as const;
        }
      }),
    );
    const ready = results.every(([, result]) => result === 'ok');
    const besides = Object.entries(shown).map(([name, holds]) => [name, holds() ? 'ok' : 'degraded'] as const);
    response
      .status(ready ? 200 : 503)
      .set('Cache-Control', 'no-store')
      .json({ status: ready ? 'ok' : 'unavailable', checks: Object.fromEntries([...results, ...besides]) });
  };
}

/** Requests that come while a check runs share it: a database that hangs gets one probe, not one per request. */
function shared(check: ReadinessCheck): () => Promise<void> {
  let running: Promise<void> | null = null;
  return () => (running ??= (async () => check())().finally(() => (running = null)));
}

async function within(timeoutMs: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
