import { hostname } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { BuildapiGateway, storeJob } from './world.js';

let gateway: BuildapiGateway;
afterEach(() => gateway.close());

const EXTERNAL = { env: { BUILDGATE_BUILDAPI_AGENT: 'external' } };
const OK = { errors: false, msg: 'Ok' };

async function start(): Promise<void> {
  gateway = await BuildapiGateway.start({ requests: [{ number: 1 }] }, EXTERNAL);
}

const carryOut = (number: number): string => `mutation { body: buildapiCarryOutJob(number: ${number}) }`;

async function logged(mutation: string): Promise<any> {
  return (await gateway.alice.run(`mutation { job: ${mutation} { id number state } }`)).job;
}

async function job(number: number): Promise<any> {
  const document = `{ job(system: BUILDAPI, legacyId: "${number}") { state finishedAt ... on BuildapiJob { completeData } } }`;
  return (await gateway.anonymous.run(document)).job;
}

const OPEN = { state: 'RUNNING', finishedAt: null, completeData: null };

describe('buildapiCarryOutJob', () => {
  it('does a job, which stays open until its agent reports; asked again it gives the same and does nothing', async () => {
    await start();
    const { id, number, state } = await logged('buildapiRebuildRequest(branch: "ash", requestId: "1", count: 2)');
    expect(state).toBe('QUEUED');
    expect(await gateway.agent.run(carryOut(number))).toEqual({ body: OK });
    expect(await gateway.agent.run(carryOut(number))).toEqual({ body: OK });
    expect(await gateway.made()).toMatchObject([
      { state: 'QUEUED', buildReason: 'Self-serve: Rebuilt by alice' },
      { state: 'QUEUED', buildReason: 'Self-serve: Rebuilt by alice' },
    ]);
    expect(await job(number)).toEqual(OPEN);

    const finish = 'mutation ($id: ID!, $body: JSON!) { buildapiFinishJob(id: $id, body: $body) { state } }';
    expect(await gateway.agent.run(finish, { id, body: OK })).toEqual({ buildapiFinishJob: { state: 'SUCCEEDED' } });
    expect(await gateway.agent.run(carryOut(number))).toEqual({ body: null });
    expect(await gateway.made()).toHaveLength(2);
    expect((await job(number)).completeData).toEqual({ request_id: number, body: OK });
  });

  it('asked by several agents at once does the job once', async () => {
    await start();
    const { number } = await logged('buildapiRebuildRequest(branch: "ash", requestId: "1")');
    const answers = await Promise.all(Array.from({ length: 8 }, () => gateway.agent.run(carryOut(number))));
    expect(answers).toEqual(Array(8).fill({ body: OK }));
    expect(await gateway.made()).toHaveLength(1);
  });

  it('gives the sentence of the contract for a job that fails, and remembers it', async () => {
    await start();
    const { store } = gateway.server.app;
    await storeJob(store, 900, { name: 'explode', buildapi_what: '{}', buildapi_imported: false });
    const msg = `there was an error processing your request; please check logs on ${hostname()}`;
    expect(await gateway.agent.run(carryOut(900))).toEqual({ body: { errors: true, msg } });
    expect(await gateway.agent.run(carryOut(900))).toEqual({ body: { errors: true, msg } });
    expect(await job(900)).toEqual(OPEN);
  });

  it('refuses history, and numbers of no job', async () => {
    await start();
    await storeJob(gateway.server.app.store, 800);
    expect(await gateway.agent.refusal(carryOut(800))).toEqual({
      code: 'INVALID',
      message: 'number: job 800 is history of another server.',
    });
    for (const number of [1, 0, -1, Number.MAX_SAFE_INTEGER]) {
      expect(await gateway.agent.refusal(carryOut(number))).toEqual({
        code: 'NOT_FOUND',
        message: `number: there is no job ${number}.`,
      });
    }
    expect((await job(800)).state).toBe('QUEUED');
  });

  it('is for agents', async () => {
    await start();
    const { number } = await logged('buildapiCancelRequest(branch: "ash", requestId: "1")');
    expect((await gateway.alice.refusal(carryOut(number))).code).toBe('FORBIDDEN');
    expect((await gateway.anonymous.refusal(carryOut(number))).code).toBe('UNAUTHENTICATED');
    expect((await job(number)).state).toBe('QUEUED');
  });
});
