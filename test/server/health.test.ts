import { afterEach, describe, expect, it } from 'vitest';
import { healthRouter } from '../../src/server/health.js';
import type { HealthOptions } from '../../src/server/health.js';
import { serve, stopServers } from './serve.js';

afterEach(stopServers);
const start = (options: HealthOptions) => serve((app) => app.use(healthRouter(options)));
const refuse = () => Promise.reject(new Error('password "hunter2" refused by db.internal'));

describe('GET /healthz', () => {
  it('answers 200 whatever the checks say', async () => {
    const url = await start({ checks: { database: refuse } });
    const response = await fetch(`${url}/healthz`);
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.text()).toBe('{"status":"ok"}');
  });
});

describe('GET /readyz', () => {
  it('answers 200 and names the checks when all hold', async () => {
    const url = await start({ checks: { database: async () => undefined, running: () => undefined } });
    const response = await fetch(`${url}/readyz`);
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.text()).toBe('{"status":"ok","checks":{"database":"ok","running":"ok"}}');
  });

  it('answers 503 with the failed checks and not a word of why, which the log is told', async () => {
    const told: unknown[] = [];
    const checks = {
      database: refuse,
      migrations: async () => undefined,
      running: () => {
        throw new Error('shutting down');
      },
    };
    const url = await start({ checks, onFailure: (name, error) => told.push([name, (error as Error).message]) });
    const response = await fetch(`${url}/readyz`);
    expect(response.status).toBe(503);
    expect(await response.text()).toBe(
      '{"status":"unavailable","checks":{"database":"failed","migrations":"ok","running":"failed"}}',
    );
    expect(told).toContainEqual(['database', 'password "hunter2" refused by db.internal']);
    expect(told).toContainEqual(['running', 'shutting down']);
  });

  it('shows what is degraded and stays ready', async () => {
    const checks = { database: async () => undefined };
    const url = await start({ checks, shown: { broker: () => false, feed: () => true } });
    const response = await fetch(`${url}/readyz`);
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('{"status":"ok","checks":{"database":"ok","broker":"degraded","feed":"ok"}}');
  });

  it('answers 503 when a check hangs, asks it only once meanwhile, and recovers with it', async () => {
    const gate = Promise.withResolvers<void>();
    let asked = 0;
    const database = () => {
      asked += 1;
      return gate.promise;
    };
    const url = await start({ checks: { database }, timeoutMs: 10 });
    const statuses = await Promise.all([1, 2, 3].map(async () => (await fetch(`${url}/readyz`)).status));
    expect(statuses).toEqual([503, 503, 503]);
    expect(asked).toBe(1);
    gate.resolve();
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
  });

  it('answers HEAD without a body', async () => {
    const url = await start({ checks: { database: refuse } });
    const response = await fetch(`${url}/readyz`, { method: 'HEAD' });
    expect(response.status).toBe(503);
    expect(await response.text()).toBe('');
  });
});
