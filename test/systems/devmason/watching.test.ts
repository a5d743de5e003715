import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { untilOpen } from '../../graphql/open-subscriptions.js';
import { Subscriber } from '../../support/subscriber.js';
import { DevmasonServer, GENIE } from './rest-support.js';

let server: DevmasonServer;

beforeAll(async () => {
  server = await DevmasonServer.start();
  await server.project('lamp-shop', GENIE);
});
afterAll(() => server.close());

const WATCH = `subscription ($build: String!, $after: String) {
  devmasonBuildChanged(project: "lamp-shop", build: $build, after: $after) {
    cursor kind to build { state ... on DevmasonBuild { success } } job { name state ... on DevmasonStep { output errout } }
  }
}`;

type Seen = readonly { readonly data?: any }[];

/** What a viewer shows for each change. */
function shown(results: Seen): string[] {
  return results.map(({ data: { devmasonBuildChanged: change } }) =>
    change.kind === 'JOB'
      ? `${change.job.name}: ${change.to}, ${change.job.output}${change.job.errout}`
      : `build: ${change.to}`,
  );
}

function step(name: string, more: object = {}): object {
  return { success: true, name, output: `${name} went well`, ...more };
}

describe('an incremental build that is watched while it is reported by REST', () => {
  it('shows each step in order with its output and the final state; a watcher that was cut off goes on where it was', async () => {
    const build = await server.start('lamp-shop', { tags: 'nightly' }, GENIE);
    const progress = `/lamp-shop/builds/${build}/progress`;
    const first = new Subscriber(server.gateway.url, WATCH, { build });
    await untilOpen(server.gateway.url, 1);
    expect((await server.post(progress, step('checkout'), GENIE)).status).toBe(204);
    expect((await server.post(progress, step('compile'), GENIE)).status).toBe(204);
    const seen = await first.take(2);
    first.terminate();
    await untilOpen(server.gateway.url, 0);
    await server.post(progress, step('test', { success: false, output: '', errout: '1 failed\u0000\ud800' }), GENIE);
    await server.post(progress, step('report'), GENIE);
    const after = (seen.at(-1)! as Seen[number]).data.devmasonBuildChanged.cursor;
    const second = new Subscriber(server.gateway.url, WATCH, { build, after });
    await second.take(2);
    expect((await server.post(progress, step('clean'), GENIE)).status).toBe(204);
    expect((await server.delete(progress, GENIE)).status).toBe(204);
    await second.end();
    expect(shown([...seen, ...second.received])).toEqual([
      'checkout: SUCCEEDED, checkout went well',
      'compile: SUCCEEDED, compile went well',
      'test: FAILED, 1 failed\u0000\ud800',
      'report: SUCCEEDED, report went well',
      'clean: SUCCEEDED, clean went well',
      'build: FAILED',
    ]);
    expect((await server.get(`/lamp-shop/builds/${build}`)).json).toMatchObject({
      success: false,
      results: ['checkout', 'compile', 'test', 'report', 'clean'].map((name) => ({ name })),
    });
  });

  it('is replayed from its start for whoever comes when it is over', async () => {
    const build = await server.start('lamp-shop', {}, GENIE);
    const progress = `/lamp-shop/builds/${build}/progress`;
    await server.post(progress, step('only'), GENIE);
    await server.delete(progress, GENIE);
    const late = new Subscriber(server.gateway.url, WATCH, { build, after: '0' });
    await late.end();
    expect(shown(late.received)).toEqual(['build: RUNNING', 'only: SUCCEEDED, only went well', 'build: SUCCEEDED']);
  });
});
