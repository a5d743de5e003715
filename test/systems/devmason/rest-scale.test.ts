import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DevmasonServer, GENIE, NOBODY } from './rest-support.js';

let server: DevmasonServer;
const statements: string[] = [];

beforeAll(async () => {
  server = await DevmasonServer.start({ onStatement: (text) => void statements.push(text) });
  for (const slug of ['few', 'many']) {
    await server.project(slug, GENIE);
    const count = slug === 'few' ? 3 : 60;
    const steps = Array.from({ length: count }, (_, index) => ({ name: `s${index}`, success: true, output: 'o' }));
    for (let reported = 0; reported < count; reported += 1) {
      const client = { host: 'h', arch: 'a', user: slug };
      await server.build(slug, { client, tags: ['all', `t${reported}`], results: steps.slice(0, reported % 7) });
    }
    await server.put(`/users/${slug}`, {}, { Authorization: `Basic ${btoa(`${slug}:x`)}` });
  }
});
afterAll(() => server.close());

/** Statements that a read takes. */
async function statementsOf(path: string): Promise<string[]> {
  statements.length = 0;
  const { status } = await server.get(path);
  expect([path, status]).toEqual([path, 200]);
  return [...statements];
}

describe('lists take a number of statements that does not rise with their length', () => {
  it.each([
    ['/{}/builds?per_page=100', 10],
    ['/{}/tags/all?per_page=100', 12],
    ['/{}/tags', 4],
    ['/users/{}/builds?per_page=100', 12],
  ])('%s: at most %i', async (path, most) => {
    const few = await statementsOf(path.replace('{}', 'few'));
    const many = await statementsOf(path.replace('{}', 'many'));
    expect(many).toHaveLength(few.length);
    expect(many.length).toBeLessThanOrEqual(most);
  });

  it('the project list: at most 25 for up to 500 projects', async () => {
    const few = await statementsOf('/');
    for (let made = 0; made < 60; made += 1) {
      await server.project(`p${made}`);
      await server.build(`p${made}`, { tags: ['x'], results: [{ name: 's', success: true }] });
    }
    const many = await statementsOf('/');
    expect(many).toHaveLength(few.length);
    expect(many.length).toBeLessThanOrEqual(25);
  });

  it('the users: at most 4', async () => {
    const few = await statementsOf('/users?per_page=1');
    const many = await statementsOf('/users?per_page=1000');
    expect(many).toHaveLength(few.length);
    expect(many.length).toBeLessThanOrEqual(4);
  });
});

/** Reads of what steps say. */
const readsOfOutput = (texts: readonly string[]): number =>
  texts.filter((text) => /from "?devmason_step_output/i.test(text)).length;

describe('large answers are read and sent a slice at a time', () => {
  it('of many builds', async () => {
    await server.project('logs');
    const output = 'x'.repeat(1_500_000);
    for (let reported = 0; reported < 6; reported += 1) {
      await server.build(
        'logs',
        { results: [{ name: 's', success: true, output, number: reported }] },
        NOBODY,
        `b${reported}`,
      );
    }
    statements.length = 0;
    const { json, headers } = await server.get('/logs/builds');
    expect(headers['transfer-encoding']).toBe('chunked');
    expect(json.builds.map(({ results: [step] }: any) => [step.number, step.output.length])).toEqual(
      [5, 4, 3, 2, 1, 0].map((number) => [number, output.length]),
    );
    // Two builds are less than 4 MiB, three are more.
    expect(readsOfOutput(statements)).toBe(3);
    expect((await server.get('/logs/builds?per_page=2')).headers['content-length']).toBeDefined();
  });

  it('of a build with more steps than a slice', async () => {
    const started = (index: number) => new Date(1e12 + ((index * 7919) % 5000) * 1000).toISOString();
    const results = Array.from({ length: 5000 }, (_, index) => ({
      name: `s${index}`,
      success: true,
      started: started(index),
      index,
    }));
    await server.project('steps');
    await server.build('steps', { tags: ['x'], results }, NOBODY, 'long');
    statements.length = 0;
    const { text, headers } = await server.get('/steps/builds/long');
    expect(headers['transfer-encoding']).toBe('chunked');
    const build = JSON.parse(text);
    expect(Object.keys(build).sort()).toEqual(
      ['client', 'finished', 'links', 'results', 'started', 'success', 'tags'].sort(),
    );
    const expected = results.toSorted((a, b) => (a.started < b.started ? -1 : a.started > b.started ? 1 : 0));
    expect(build.results.map(({ index }: { index: number }) => index)).toEqual(expected.map(({ index }) => index));
    expect(readsOfOutput(statements)).toBe(3);
    expect(statements.length).toBeLessThanOrEqual(30);
    const list = (await server.get('/steps/builds')).json;
    expect(list.builds).toEqual([build]);
  });

  it('of a step that is more than a slice', async () => {
    const output = 'é"\n'.repeat(3_000_000);
    await server.build(
      'steps',
      {
        results: [
          { success: true, name: 'a' },
          { success: true, name: 'b', output },
        ],
      },
      NOBODY,
      'large',
    );
    const { results } = (await server.get('/steps/builds/large')).json;
    expect(results.map(({ name }: { name: string }) => name)).toEqual(['a', 'b']);
    expect(results[1].output === output).toBe(true);
  });

  it('of more than 500 projects', async () => {
    const slugs = Array.from({ length: 501 }, (_, index) => `q${index}`);
    while (slugs.length > 0) await Promise.all(slugs.splice(0, 50).map((slug) => server.project(slug)));
    const { json, headers } = await server.get('/');
    expect(headers['transfer-encoding']).toBe('chunked');
    const names: string[] = json.projects.map(({ name }: { name: string }) => name);
    expect(names).toHaveLength(501 + 60 + 4);
    expect(names).toEqual(names.toSorted());
    expect(json.latest_builds).toHaveLength(10);
    expect(Object.keys(json.builds)).toHaveLength(64);
    expect(json.links).toHaveLength(1);
  });
});

describe('reports', () => {
  it('of more than 32 MiB are 413', async () => {
    const { status, headers } = await server.post('/few/builds', 'x'.repeat(33 * 1024 * 1024));
    expect([status, headers.vary]).toEqual([413, 'Authorization']);
  });
});
