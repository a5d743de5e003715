import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { GraphqlAnswer } from '../../support/server.js';
import type { Outcome, RunModel } from './runs-model.js';
import { FAIL, FINISH, UPDATE, type Diamond, type RunsWorld } from './runs-world.js';

/** Verbs of all kinds on one run, allowed and not, each compared with what the model says. */

const AWAIT = `mutation ($uuid: String!, $settings: JSONObject!) {
  rodanAwaitInput(uuid: $uuid, settings: $settings) { status } }`;
const ACQUIRE = 'mutation ($uuid: String!) { rodanAcquireRunJob(uuid: $uuid) { token } }';
const SUBMIT = `mutation ($uuid: String!, $token: String!, $settings: JSONObject!) {
  rodanSubmitInput(uuid: $uuid, token: $token, settings: $settings) { status } }`;
const NOTES = { '@note': 1 };

/** A run as the server has it. */
export class RealRun {
  private constructor(
    readonly world: RunsWorld,
    readonly uuid: string,
    readonly runJobs: readonly string[],
  ) {}

  static async start(world: RunsWorld, diamond: Diamond): Promise<RealRun> {
    const uuid = await world.startDiamond(diamond);
    const { runJobs } = await world.run(uuid);
    return new RealRun(
      world,
      uuid,
      runJobs.map((runJob: { uuid: string }) => runJob.uuid),
    );
  }

  /** Status in the answer, or the code of the refusal. */
  async outcome(document: string, variables: object, token: string): Promise<Outcome> {
    return outcomeOf(await this.world.server.graphql(document, variables, token));
  }

  update(input: object): Promise<Outcome> {
    return this.outcome(UPDATE, { uuid: this.uuid, input }, this.world.tokens.mia);
  }

  agent(document: string, index: number, name: Agent, more: object = {}): Promise<Outcome> {
    return this.outcome(document, { uuid: this.runJobs[index], ...more }, this.world.tokens[name]);
  }

  async submit(index: number): Promise<Outcome> {
    const { server, tokens } = this.world;
    const uuid = this.runJobs[index];
    const answer = await server.graphql(ACQUIRE, { uuid }, tokens.mia);
    const token = answer.data?.rodanAcquireRunJob?.token ?? 'none';
    return this.outcome(SUBMIT, { uuid, token, settings: NOTES }, tokens.mia);
  }
}

function outcomeOf({ data, errors }: GraphqlAnswer): Outcome {
  if (errors?.[0]) return String(errors[0].extensions['code']);
  const [answer] = Object.values(data as Record<string, { status: number }>);
  assert.ok(answer);
  return answer.status;
}

type Agent = 'one' | 'two';
type Command = fc.AsyncCommand<RunModel, RealRun>;

/** A verb that is described by its text; afterwards the whole run is compared. */
function command(text: string, run: (model: RunModel, real: RealRun) => Promise<void>): Command {
  const compared = async (model: RunModel, real: RealRun): Promise<void> => {
    await run(model, real);
    await compare(model, real);
  };
  return { check: () => true, run: compared, toString: () => text };
}

/** Run and run jobs as the model has them. */
async function compare(model: RunModel, real: RealRun): Promise<void> {
  const { status, runJobs } = await real.world.run(real.uuid);
  const shown = runJobs.map(({ status: code, settings, errorSummary, outputs }: any) => {
    const noted = Object.keys(settings).some((name) => name.startsWith('@'));
    return { status: code, noted, errors: errorSummary, made: outputs[0].resource.compatFile !== null };
  });
  const expected = model.runJobs.map(({ agent: _agent, ...runJob }) => runJob);
  assert.deepEqual({ status, runJobs: shown }, { status: model.status, runJobs: expected });
}

const index = fc.nat({ max: 3 });
const agent = fc.constantFrom<Agent>('one', 'two');

/** A run job: any, or, more often, one that the verb may be meant for. */
const target = fc.record({ pick: index, agent, any: fc.nat({ max: 5 }).map((number) => number === 0) });
type Target = typeof target extends fc.Arbitrary<infer Value> ? Value : never;

/** The run job that is meant and the agent that has it, as they are when the verb's turn has come. */
function meant(model: RunModel, status: number, { pick, agent: name, any }: Target): { index: number; agent: Agent } {
  const likely = any ? [] : model.inStatus(status);
  const found = likely[pick % Math.max(likely.length, 1)];
  return { index: found?.index ?? pick, agent: (found?.agent ?? name) as Agent };
}

const request = fc.constantFrom(29, 29, 29, 31, 31, 31, 31, 4).map((status) =>
  command(`request ${status}`, async (model, real) => {
    assert.equal(await real.update({ status }), model.request(status));
  }),
);

const redo = target.map((which) =>
  command(`redo ${show(which)}`, async (model, real) => {
    const { index: place } = meant(model, 4, which);
    assert.equal(await real.update({ lastRedoneRunJobTree: real.runJobs[place] }), model.redo(place));
  }),
);

const claim = agent.map((name) =>
  command(`claim by ${name}`, async (model, real) => {
    const claimed = await real.world.claim({}, real.world.tokens[name]);
    const own = claimed.map((uuid) => real.runJobs.indexOf(uuid)).filter((place) => place >= 0);
    assert.deepEqual(own.toSorted(), model.claim(name));
  }),
);

const finish = target.map((which) =>
  command(`finish ${show(which)}`, async (model, real) => {
    const { index: place, agent: name } = meant(model, 1, which);
    assert.equal(await real.agent(FINISH, place, name), model.finish(place, name));
  }),
);

const fail = target.map((which) =>
  command(`fail ${show(which)}`, async (model, real) => {
    const { index: place, agent: name } = meant(model, 1, which);
    assert.equal(await real.agent(FAIL, place, name, { summary: 'E: x' }), model.fail(place, name, 'E: x'));
  }),
);

const wait = target.map((which) =>
  command(`await ${show(which)}`, async (model, real) => {
    const { index: place, agent: name } = meant(model, 1, which);
    assert.equal(await real.agent(AWAIT, place, name, { settings: NOTES }), model.awaitInput(place, name));
  }),
);

const submit = target.map((which) =>
  command(`submit ${show(which)}`, async (model, real) => {
    const { index: place } = meant(model, 2, which);
    assert.equal(await real.submit(place), model.submit(place));
  }),
);

/** Takes and finishes all that can be. */
const workOff = agent.map((name) =>
  command(`work off by ${name}`, async (model, real) => {
    await real.world.workOff(real.world.tokens[name]);
    for (let taken = model.claim(name); taken.length > 0; taken = model.claim(name)) {
      for (const place of taken) model.finish(place, name);
    }
  }),
);

function show({ pick, agent: name, any }: Target): string {
  return `${pick}${any ? '' : ' of the likely'} by ${name}`;
}

/** Sequences in which work goes on more often than it is disturbed. */
export const sequences = fc.commands(
  [claim, claim, claim, finish, finish, finish, workOff, request, request, redo, fail, wait, wait, submit, submit],
  { maxCommands: 30, size: 'max' },
);
