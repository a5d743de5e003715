import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestServer } from '../support/server.js';
import { Caller, startWithAgent } from './agent.js';

const CALLERS = ['anonymous', 'plain', 'agent', 'admin', 'freshmakerAdmin', 'rebuilder', 'asyncRebuilder'] as const;
type CallerName = (typeof CALLERS)[number];

const ROLES: Partial<Record<CallerName, string[]>> = {
  agent: ['agent'],
  freshmakerAdmin: ['freshmaker/admin'],
  rebuilder: ['freshmaker/manual_rebuilder'],
  asyncRebuilder: ['freshmaker/freshmaker_async_rebuilders'],
};

let server: TestServer;
const callers = {} as Record<CallerName, Caller>;

beforeAll(async () => {
  ({ server } = await startWithAgent());
  for (const name of CALLERS) {
    const token = await server.token(name, { admin: name === 'admin', roles: ROLES[name] ?? [] });
    callers[name] = name === 'anonymous' ? new Caller(server) : new Caller(server, token);
  }
});
afterAll(() => server.close());

const AGENTS: CallerName[] = ['agent', 'admin'];
const REBUILDERS: CallerName[] = ['admin', 'freshmakerAdmin', 'rebuilder'];
const ASYNC_REBUILDERS: CallerName[] = ['admin', 'freshmakerAdmin', 'asyncRebuilder'];
const NOBODY = '"RTk5OTk5Mg"';
const NO_BUILD = '"Qjk5OTk5Mg"';
const NO_JOB = '"Sjk5OTk5Mg"';

/** Each asks for something that does not exist or is not allowed, so that nothing is changed by those who may ask. */
const mutations: [document: string, may: CallerName[], needs: string][] = [
  [`transitionEvent(id: ${NOBODY}, to: RUNNING) { id }`, AGENTS, 'agent'],
  [`transitionBuild(id: ${NO_BUILD}, to: RUNNING) { id }`, AGENTS, 'agent'],
  [`transitionJob(id: ${NO_JOB}, to: RUNNING) { id }`, AGENTS, 'agent'],
  [`freshmakerCreateEvent(input: { messageId: "", searchKey: "1", eventTypeId: 1 }) { id }`, AGENTS, 'agent'],
  [`freshmakerUpdateEvent(id: ${NOBODY}, input: {}) { id }`, AGENTS, 'agent'],
  [`freshmakerPlanBuilds(event: ${NOBODY}, builds: [{ name: "a" }]) { id }`, AGENTS, 'agent'],
  [`freshmakerSubmitBuild(id: ${NO_BUILD}, input: {}) { id }`, AGENTS, 'agent'],
  [`freshmakerUpdateBuild(id: ${NO_BUILD}, input: {}) { id }`, AGENTS, 'agent'],
  [`freshmakerCancelEvent(legacyId: "999") { id }`, REBUILDERS, 'freshmaker/admin, freshmaker/manual_rebuilder'],
  [`freshmakerRequestRebuild(input: {}) { id }`, REBUILDERS, 'freshmaker/admin, freshmaker/manual_rebuilder'],
  [
    `freshmakerRequestAsyncRebuild(input: {}) { id }`,
    ASYNC_REBUILDERS,
    'freshmaker/admin, freshmaker/freshmaker_async_rebuilders',
  ],
];

/** Job requests: whoever is signed in. Each names a branch that does not exist. */
const SIGNED_IN = CALLERS.filter((name) => name !== 'anonymous');
const ON_BRANCH = 'branch: "none"';
for (const selection of [
  `buildapiReprioritize(${ON_BRANCH}, requestId: "1", priority: 1) { id }`,
  `buildapiCancelRequest(${ON_BRANCH}, requestId: "1") { id }`,
  `buildapiCancelBuild(${ON_BRANCH}, buildId: "1") { id }`,
  `buildapiCancelRevision(${ON_BRANCH}, revision: "a") { id }`,
  `buildapiRebuildBuild(${ON_BRANCH}, buildId: "1") { id }`,
  `buildapiRebuildRequest(${ON_BRANCH}, requestId: "1") { id }`,
  `buildapiNewBuildAtRevision(${ON_BRANCH}, revision: "a") { id }`,
  `buildapiNewPgoBuildAtRevision(${ON_BRANCH}, revision: "a") { id }`,
  `buildapiNewNightlyAtRevision(${ON_BRANCH}, revision: "a") { id }`,
  `buildapiNewBuildForBuilder(${ON_BRANCH}, builder: "b", revision: "a") { id }`,
]) {
  mutations.push([selection, SIGNED_IN, '']);
}
mutations.push(
  [`buildapiClaimRequest(id: ${NO_BUILD}, claimedByName: "m", buildNumber: 1) { id }`, AGENTS, 'agent'],
  [`buildapiFinishRequest(id: ${NO_BUILD}, results: 0) { id }`, AGENTS, 'agent'],
  [`buildapiFinishJob(id: ${NO_JOB}, body: {}) { id }`, AGENTS, 'agent'],
  ['buildapiCarryOutJob(number: 999992)', AGENTS, 'agent'],
);

/** Code and message that a caller gets. */
function refusalOf(name: CallerName, may: readonly CallerName[], needs: string): RegExp {
  // Their requests are wrong in another way, so that nothing is changed.
  if (may.includes(name)) return /^(INVALID|NOT_FOUND): /;
  if (name === 'anonymous') return /^UNAUTHENTICATED: This operation needs a bearer token\.$/;
  return new RegExp(`^FORBIDDEN: This operation needs one of the roles: ${needs}\\.$`);
}

describe.each(mutations)('%s', (selection, may, needs) => {
  const document = `mutation { ${selection} }`;

  it.each(CALLERS)('by %s', async (name) => {
    const { code, message } = await callers[name].refusal(document);
    expect(`${code}: ${message}`).toMatch(refusalOf(name, may, needs));
  });
});

it('every mutation of the schema stands in this matrix', async () => {
  const { __schema } = await callers.anonymous.run('{ __schema { mutationType { fields { name } } } }');
  const listed = mutations.map(([document]) => document.slice(0, document.indexOf('(')));
  expect(listed.toSorted()).toEqual(__schema.mutationType.fields.map(({ name }: { name: string }) => name).toSorted());
});

describe("somebody else's event", () => {
  const CANCEL = 'mutation ($legacyId: String!) { freshmakerCancelEvent(legacyId: $legacyId) { state stateReason } }';

  async function requested(): Promise<string> {
    const document =
      'mutation { freshmakerRequestRebuild(input: { errataId: 7, force: true }) { legacyId requester } }';
    const { freshmakerRequestRebuild: event } = await callers.rebuilder.run(document);
    expect(event.requester).toBe('rebuilder');
    return event.legacyId;
  }

  it('is cancelled by its requester and by admins only', async () => {
    const other = new Caller(server, await server.token('other', { roles: ['freshmaker/manual_rebuilder'] }));
    const legacyId = await requested();
    expect(await other.refusal(CANCEL, { legacyId })).toEqual({
      code: 'FORBIDDEN',
      message: "You must be an admin to cancel someone else's event.",
    });
    for (const name of ['rebuilder', 'freshmakerAdmin', 'admin'] as const) {
      const own = await requested();
      expect((await callers[name].run(CANCEL, { legacyId: own })).freshmakerCancelEvent).toEqual({
        state: 'CANCELED',
        stateReason: `Event id ${own} requested for canceling by user ${name}`,
      });
    }
  });
});

describe('authentication switched off', () => {
  it('lets everybody do everything, without a name', async () => {
    const { server: open, anonymous } = await startWithAgent({ env: { BUILDGATE_AUTH: 'none' } });
    try {
      const document =
        'mutation { freshmakerRequestRebuild(input: { errataId: 7 }) { requester changes { nodes { actor } } } }';
      expect(await anonymous.run(document)).toEqual({
        freshmakerRequestRebuild: { requester: null, changes: { nodes: [{ actor: null }] } },
      });
    } finally {
      await open.close();
    }
  });
});
