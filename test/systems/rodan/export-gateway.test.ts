import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SecretBox } from '../../../src/core/auth/secrets.js';
import { sql } from '../../../src/core/store/sql.js';
import { RODAN_EXPORT } from '../../../src/systems/rodan/export/index.js';
import { RODAN_IMPORT } from '../../../src/systems/rodan/import/index.js';
import { countsOf, importInto } from '../../support/import-database.js';
import { copiedFrom, exported, type Content } from '../../support/round-trip.js';
import { startTestServer } from '../../support/server.js';
import { importDatabase } from './import-support.js';
import { RealRun, sequences } from './runs-commands.js';
import { RunModel } from './runs-model.js';
import { DELETE, FINISH, RunsWorld, type Diamond } from './runs-world.js';

let world: RunsWorld;
let diamond: Diamond;
let other: Diamond;
beforeAll(async () => {
  world = await RunsWorld.start();
  diamond = await world.diamond();
  other = await world.diamond();
});
afterAll(() => world.close());

/** Users take their turns anew: the key of the address that they work at is not written. */
function withoutTurns(content: Content): Content {
  const job = (content.job ?? []).map(({ rodan_working_token: _token, ...row }) => row);
  return { ...content, job };
}

async function expectTheSame(): Promise<Content> {
  const { original, copy, exported: told } = await copiedFrom(world.server, importDatabase, RODAN_EXPORT);
  expect(told.remarks).toEqual([]);
  expect(withoutTurns(copy)).toEqual(withoutTurns(original));
  return original;
}

/** Imports what was exported where it comes from. */
async function changesNothingHere(): Promise<void> {
  const { database } = world.server.config;
  const { text } = await exported(database, RODAN_EXPORT);
  const counts = Object.values(countsOf(await importInto(database, RODAN_IMPORT, text)));
  expect(counts.map(([created, replaced]) => [created, replaced])).toEqual(counts.map(() => [0, 0]));
  expect((await exported(database, RODAN_EXPORT)).text).toBe(text);
}

describe('what users and agents did is the same in a database that gets the export', () => {
  it('a run that was made, failed, retried, worked off, redone and cancelled', async () => {
    const uuid = await world.startDiamond(diamond, { name: 'first', description: 'All of it.' });
    const [split] = await world.claim();
    await expectTheSame();
    await world.fail(split!);
    await world.update(uuid, { status: 31 });
    await world.workOff();
    await expectTheSame();
    await world.update(uuid, { lastRedoneRunJobTree: split });
    await expectTheSame();
    await world.update(uuid, { status: 29 });
    const { event = [], job = [] } = await expectTheSame();
    expect(event.map(({ legacy_state }) => legacy_state)).toEqual(['run', 'retry', 'redo', 'cancel']);
    expect(job).toHaveLength(4);
    await changesNothingHere();
    await world.ask(DELETE, { uuid });
    expect((await expectTheSame()).event).toHaveLength(4);
  });

  it('whatever was done to runs', async () => {
    const property = fc.asyncProperty(sequences, async (commands) => {
      const real = await RealRun.start(world, diamond);
      await fc.asyncModelRun(() => ({ model: new RunModel(), real }), commands);
      await expectTheSame();
      if (real.runJobs.length > 0) await world.ask(DELETE, { uuid: real.uuid });
    });
    await fc.assert(property, {
      numRuns: process.env.BUILDGATE_TEST_DATABASE === 'postgresql' ? 4 : 15,
      seed: 20261121,
    });
  });

  it('runs whose workflow, ports and names are others now or gone, and files of any name', async () => {
    const uuid = await world.startDiamond(other, { name: 'first' });
    await world.workOff();
    const [output] = (await world.run(uuid)).runJobs[0].outputs;
    await world.data.execute(sql`UPDATE rodan_resource SET small_thumb = ${'a/uploads/50%#1?.png'}
      WHERE uuid = ${output.resource.uuid}`);
    await world.ask(
      'mutation ($uuid: String!) { rodanUpdateWorkflow(uuid: $uuid, input: { name: "other" }) { uuid } }',
      {
        uuid: other.workflow,
      },
    );
    await world.startDiamond(other);
    await world.update(uuid, { name: null });
    await world.data.execute(sql`UPDATE rodan_job SET name = 'acme.jobs.cut' WHERE uuid = ${world.jobs.split.uuid}`);
    await expectTheSame();
    await world.ask('mutation ($uuid: String!) { rodanDeleteWorkflow(uuid: $uuid) }', { uuid: other.workflow });
    const { build = [] } = await expectTheSame();
    expect(build.map(({ name, rodan_name }) => [name, rodan_name])).toEqual([
      ['other', null],
      ['other', null],
    ]);
    await world.data.execute(sql`UPDATE rodan_job SET name = 'acme.jobs.split' WHERE uuid = ${world.jobs.split.uuid}`);
    for (const { legacy_id } of build) await world.ask(DELETE, { uuid: legacy_id });
  });
});

const LOG_IN = `mutation ($name: String!, $password: String!) {
  rodanLogIn(username: $name, password: $password) { token user { number } } }`;

describe('users', () => {
  const ida = { name: 'ida', password: 'hat-and-coat' };
  let token: string;
  beforeAll(async () => {
    await world.ask('mutation ($input: RodanNewUserInput!) { rodanRegister(input: $input) { number } }', {
      input: { username: ida.name, password: ida.password },
    });
    const { rodanLogIn } = await world.ask(LOG_IN, ida);
    token = rodanLogIn.token;
    const { number } = rodanLogIn.user;
    await world.data.execute(
      sql`UPDATE rodan_user SET imported_token_hash = ${'a'.repeat(64)} WHERE number = ${number}`,
    );
  });

  it('are the same when they have another name now than when they asked for something', async () => {
    const uuid = await world.startDiamond(diamond);
    await world.data.execute(sql`UPDATE member SET name = 'maria' WHERE name = 'mia'`);
    expect((await expectTheSame()).build).toMatchObject([{ requester: 'mia' }]);
    await world.data.execute(sql`UPDATE member SET name = 'mia' WHERE name = 'maria'`);
    await world.ask(DELETE, { uuid });
  });

  it('log in with the same password and key where the export is imported', async () => {
    await expectTheSame();
    const { text } = await exported(world.server.config.database, RODAN_EXPORT);
    const copy = await startTestServer({ import: { rodan: JSON.parse(text) as object } });
    try {
      const { data } = await copy.graphql(LOG_IN, ida);
      expect(data).toMatchObject({ rodanLogIn: { token } });
    } finally {
      await copy.close();
    }
  });

  it('are written without the keys that cannot be decrypted, and that is said', async () => {
    const secrets = SecretBox.open({ secret: 'y'.repeat(32), file: null });
    const { text, remarks } = await exported(world.server.config.database, RODAN_EXPORT, secrets);
    expect(text).not.toContain(token);
    expect(remarks).toEqual([
      'users whose API keys are left out, because they cannot be decrypted with the key of this installation: 1 (ida)',
    ]);
  });
});

it('an agent goes on with a run job where the export is imported, and others are offered there', async () => {
  const uuid = await world.startDiamond(diamond);
  const [claimed] = await world.claim();
  const second = await world.startDiamond(diamond);
  const { text } = await exported(world.server.config.database, RODAN_EXPORT);
  const copy = await startTestServer({ import: { rodan: JSON.parse(text) as object } });
  try {
    const one = await copy.token('one', { roles: ['agent'] });
    const two = await copy.token('two', { roles: ['agent'] });
    const offered = await copy.graphql(
      'mutation { rodanClaimRunJobs(first: 9, leaseSeconds: 3600) { workflowRun { uuid } } }',
      {},
      two,
    );
    expect(offered.data).toEqual({ rodanClaimRunJobs: [{ workflowRun: { uuid: second } }] });
    expect((await copy.graphql(FINISH, { uuid: claimed }, two)).errors?.[0]?.extensions['code']).toBe('CONFLICT');
    const { data } = await copy.graphql(FINISH, { uuid: claimed }, one);
    expect(data).toMatchObject({ rodanFinishRunJob: { status: 4 } });
  } finally {
    await copy.close();
    for (const run of [uuid, second]) await world.ask(DELETE, { uuid: run });
  }
});
