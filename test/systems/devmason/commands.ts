import assert from 'node:assert/strict';
import fc from 'fast-check';
import { answerOf, type DevmasonModel, type Actor, type BuildBody, type ProjectBody, type StepBody } from './model.js';
import { basic, type DevmasonServer, GENIE, JAFAR, NOBODY, UNREADABLE, WRONG } from './rest-support.js';

/** Requests of every kind to Devmason's REST API, valid and not, each compared with what the model says. */

let group = 0;

/** The server as one sequence sees it: projects and a newcomer of its own. */
export class Real {
  readonly prefix = `g${++group}`;
  /** Builds ever reported, for later requests to pick from; those that are gone stay in. */
  readonly reported: string[] = [];

  constructor(readonly server: DevmasonServer) {}

  get newcomer(): string {
    return `${this.prefix}-newcomer`;
  }

  slug(project: number): string {
    return `${this.prefix}-${project}`;
  }

  headers(actor: Actor): Record<string, string> {
    const known = { nobody: NOBODY, genie: GENIE, jafar: JAFAR, wrong: WRONG, unreadable: UNREADABLE };
    return actor === 'newcomer' ? basic(this.newcomer, 'n:w') : known[actor];
  }

  /** One of the builds reported so far, or one that never was. */
  build(pick: number): string {
    return this.reported[pick % (this.reported.length + 1)] ?? `${this.slug(0)}/never`;
  }
}

const MALFORMED = '{"name": "a" "b"}';
const CLIENT = { host: 'h', arch: 'a' };
const PROJECT_BODIES: Record<ProjectBody, string | object> = {
  right: { name: 'A name' },
  malformed: MALFORMED,
  nameless: { name: ' ' },
  list: '["name"]',
};
const STEPS = [
  { success: true, name: 'one' },
  { success: true, name: 'two', output: '\u0000' },
];
const BUILD_BODIES: Record<BuildBody, string | object> = {
  right: { success: true, client: CLIENT, results: STEPS, tags: 'a,b' },
  malformed: '',
  clientless: { success: true, client: 'me' },
  undecided: { success: 'yes', client: CLIENT },
  undated: { success: true, client: CLIENT, started: 'yesterday' },
  badStep: { success: true, client: CLIENT, results: [STEPS[0], { success: true }] },
};
const STEP_BODIES: Record<StepBody, string | object> = {
  right: { success: true, name: 'step' },
  failed: { success: false, name: 'step' },
  malformed: MALFORMED,
  nameless: { success: true, name: null },
  undated: { success: true, name: 'step', finished: 5 },
};

type Command = fc.AsyncCommand<DevmasonModel, Real>;

/** A request that is described by its text and compares what it is answered with what the model says. */
function command(text: string, run: (model: DevmasonModel, real: Real) => Promise<void>): Command {
  return { check: () => true, run, toString: () => text };
}

// To find a password wrong costs a tenth of a second: few are.
const actor = fc.oneof(
  { weight: 60, arbitrary: fc.constantFrom<Actor>('nobody', 'genie', 'genie', 'jafar') },
  { weight: 5, arbitrary: fc.constant<Actor>('unreadable') },
  { weight: 1, arbitrary: fc.constant<Actor>('wrong') },
);
const project = fc.nat({ max: 1 });
const pick = fc.nat({ max: 20 });

function bodyOf<Body extends string>(bodies: Record<Body, unknown>, right: Body): fc.Arbitrary<Body> {
  const wrong = fc.constantFrom(...(Object.keys(bodies) as Body[]));
  return fc.oneof({ weight: 4, arbitrary: fc.constant(right) }, { weight: 1, arbitrary: wrong });
}

const putProject = fc.tuple(project, actor, bodyOf(PROJECT_BODIES, 'right')).map(([n, who, body]) =>
  command(`PUT project ${n} by ${who}, ${body}`, async (model, real) => {
    const slug = real.slug(n);
    const reply = await real.server.put(`/${slug}`, PROJECT_BODIES[body], real.headers(who));
    assert.deepEqual(answerOf(reply), model.putProject(slug, who, body));
  }),
);

const deleteProject = fc.tuple(project, actor).map(([n, who]) =>
  command(`DELETE project ${n} by ${who}`, async (model, real) => {
    const slug = real.slug(n);
    assert.deepEqual(answerOf(await real.server.delete(`/${slug}`, real.headers(who))), model.deleteProject(slug, who));
  }),
);

function reporting(who: fc.Arbitrary<Actor>): fc.Arbitrary<Command> {
  const id = fc.option(fc.constantFrom('a', 'b'));
  return fc
    .tuple(project, id, who, bodyOf(BUILD_BODIES, 'right'), fc.boolean())
    .map(([n, chosen, by, body, incremental]) =>
      command(`report ${chosen ?? ''} to ${n} by ${by}, ${body}, incremental ${incremental}`, async (model, real) => {
        const slug = real.slug(n);
        const sent = BUILD_BODIES[body];
        const content = typeof sent === 'string' ? sent : { ...sent, incremental };
        const path = `/${slug}/builds`;
        const reply =
          chosen === null
            ? await real.server.post(path, content, real.headers(by))
            : await real.server.put(`${path}/${chosen}`, content, real.headers(by));
        assert.deepEqual(answerOf(reply), model.report(slug, chosen, by, body, incremental));
        if (reply.status !== 201) return;
        const address = new RegExp(`^${real.server.base}/(.+)/builds/([^/]+)${incremental ? '/progress' : ''}$`);
        const [, where, given] = address.exec(reply.headers.location ?? '') ?? [];
        assert.equal(where, slug);
        model.store(slug, given!, by, incremental ? [] : STEPS.map(({ success }) => success), incremental);
        real.reported.push(`${slug}/${given}`);
      }),
    );
}

/** `slug/id` as the path of a build. */
function pathOf(key: string): string {
  return `/${key.replace('/', '/builds/')}`;
}

const addStep = fc.tuple(pick, actor, bodyOf(STEP_BODIES, 'right')).map(([which, who, body]) =>
  command(`step to ${which} by ${who}, ${body}`, async (model, real) => {
    const key = real.build(which);
    const reply = await real.server.post(`${pathOf(key)}/progress`, STEP_BODIES[body], real.headers(who));
    assert.deepEqual(answerOf(reply), model.addStep(key, who, body));
  }),
);

const finish = fc.tuple(pick, actor).map(([which, who]) =>
  command(`finish ${which} by ${who}`, async (model, real) => {
    const key = real.build(which);
    const reply = await real.server.delete(`${pathOf(key)}/progress`, real.headers(who));
    assert.deepEqual(answerOf(reply), model.finish(key, who));
  }),
);

const deleteBuild = fc.tuple(pick, actor).map(([which, who]) =>
  command(`delete ${which} by ${who}`, async (model, real) => {
    const key = real.build(which);
    assert.deepEqual(answerOf(await real.server.delete(pathOf(key), real.headers(who))), model.deleteBuild(key, who));
  }),
);

const putNewcomer = fc.constant(
  command('PUT the newcomer', async (model, real) => {
    const reply = await real.server.put(`/users/${real.newcomer}`, {}, real.headers('newcomer'));
    assert.deepEqual(answerOf(reply), model.putNewcomer());
  }),
);

const deleteNewcomer = fc.constantFrom('newcomer' as const, 'genie' as const, 'nobody' as const).map((who) =>
  command(`DELETE the newcomer by ${who}`, async (model, real) => {
    const reply = await real.server.delete(`/users/${real.newcomer}`, real.headers(who));
    assert.deepEqual(answerOf(reply), model.deleteNewcomer(who));
  }),
);

/** Everything that the sequence has touched, as its clients read it. */
export async function compare(model: DevmasonModel, real: Real): Promise<void> {
  const user = await real.server.get(`/users/${real.newcomer}`);
  assert.equal(user.status, model.newcomerIsStored ? 200 : 404);
  for (const n of [0, 1]) await compareProject(model, real, real.slug(n));
}

async function compareProject(model: DevmasonModel, real: Real, slug: string): Promise<void> {
  const owner = model.projects.get(slug)?.owner;
  const found = await real.server.get(`/${slug}`);
  const name = owner === 'newcomer' ? real.newcomer : (owner ?? '');
  assert.equal(found.status === 200 ? found.json.owner : found.status, owner === undefined ? 404 : name);
  const ids = model.listed(slug);
  const list = await real.server.get(`/${slug}/builds`);
  assert.equal(list.status, ids.length > 0 ? 200 : 404);
  if (list.status !== 200) return;
  const shown = list.json.builds.map(({ links, success, results }: any) => {
    const { href } = links.find(({ rel }: { rel: string }) => rel === 'self');
    return [href, success, results.length];
  });
  assert.deepEqual(
    shown,
    ids.map((id) => {
      const build = model.builds.get(`${slug}/${id}`)!;
      return [`${real.server.base}/${slug}/builds/${id}`, build.success, build.steps.length];
    }),
  );
}

// A newcomer costs a password hash of a tenth of a second: few sequences have one.
const newcomers = [putNewcomer, deleteNewcomer, reporting(fc.constant('newcomer'))];
const usual = [putProject, deleteProject, reporting(actor), reporting(actor), addStep, addStep, finish, deleteBuild];
/** Commands in any order; a few of them with a newcomer. */
export const sequences = fc.oneof(
  { weight: 19, arbitrary: fc.commands([putProject, ...usual], { maxCommands: 14, size: 'max' }) },
  { weight: 1, arbitrary: fc.commands([...usual, ...newcomers], { maxCommands: 14, size: 'max' }) },
);
