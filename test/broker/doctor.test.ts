import { rmSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type Channel, type ChannelModel } from 'amqplib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { CheckResult } from '../../src/doctor/check.js';
import { run } from '../e2e/gateway-process.js';
import { BROKER_URL, uniqueName } from './broker.js';

let model: ChannelModel;
let channel: Channel;
let folder: string;
let name: string;

beforeEach(async () => {
  model = await connect(BROKER_URL);
  channel = await model.createChannel();
  folder = mkdtempSync(join(tmpdir(), 'buildgate-doctor-'));
  name = uniqueName();
});
afterEach(async () => {
  for (const exchange of [`${name}.main`, `${name}.control`]) await channel.deleteExchange(exchange);
  for (const queue of [`${name}.agent`, `${name}.web`]) await channel.deleteQueue(queue);
  await model.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What the doctor says of the broker. */
async function brokerChecks(): Promise<{ readonly code: number | null; readonly checks: readonly CheckResult[] }> {
  const { code, stdout } = await run(['doctor', '--json'], {
    PATH: process.env.PATH ?? '',
    DATABASE_URL: `sqlite:${join(folder, 'none.db')}`,
    PORT: '0',
    BROKER_URL,
    BUILDGATE_BROKER_EXCHANGE: `${name}.main`,
    BUILDGATE_BUILDAPI_EXCHANGE: `${name}.control`,
    BUILDGATE_BUILDAPI_AGENT_QUEUE: `${name}.agent`,
    BUILDGATE_BUILDAPI_WEB_QUEUE: `${name}.web`,
  });
  const { checks } = JSON.parse(stdout) as { checks: CheckResult[] };
  return { code, checks: checks.filter((check) => check.name === 'broker') };
}

it('what the gateway has not declared yet is fine, and stays undeclared', async () => {
  const first = await brokerChecks();
  expect(first.code).toBe(0);
  expect(first.checks.map(({ status }) => status)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok']);
  expect(first.checks[1]!.message).toBe(
    `exchange ${name}.main is not there yet; the gateway declares it when it connects`,
  );
  expect((await brokerChecks()).checks).toEqual(first.checks);
});

it('an exchange of another type, and job requests that nobody takes, are told', async () => {
  await channel.assertExchange(`${name}.main`, 'topic', { durable: true });
  await channel.assertExchange(`${name}.control`, 'fanout', { durable: true });
  await channel.assertQueue(`${name}.agent`, { durable: true });
  const { code, checks } = await brokerChecks();
  expect(code).toBe(1);
  expect(checks[1]).toMatchObject({
    status: 'ok',
    message: `exchange ${name}.main is there, durable, of the type topic`,
  });
  expect(checks[2]).toMatchObject({
    status: 'failed',
    message: expect.stringContaining('PRECONDITION_FAILED') as string,
  });
  expect(checks[4]).toEqual({
    name: 'broker',
    status: 'warning',
    message: `queue ${name}.agent: 0 messages wait, 0 consumers`,
    advice: 'run "buildgate agent": nobody takes job requests',
  });
});
