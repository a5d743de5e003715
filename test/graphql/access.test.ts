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

const ADMIN: CallerName[] = ['admin'];
const TESTERS = 'kernelci/test_lab, kernelci/admin, kernelci/superuser';
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

/** Devmason's own rights, which hang on users and projects: everybody may ask some, whoever is signed in the others. */
const EVERYBODY: CallerName[] = [...CALLERS];
const CLIENT = 'client: { host: "h", arch: "a" }';
const NO_PROJECT = 'project: "none"';
const NEEDS_CREDENTIALS = 'credentials';
mutations.push(
  ['devmasonRegisterProject(slug: "a b", name: "x") { slug }', EVERYBODY, ''],
  ['devmasonUpdateProject(slug: "none", name: "x") { slug }', EVERYBODY, ''],
  ['devmasonDeleteProject(slug: "none")', SIGNED_IN, NEEDS_CREDENTIALS],
  [`devmasonReportBuild(${NO_PROJECT}, build: { ${CLIENT}, success: true }) { id }`, EVERYBODY, ''],
  [`devmasonStartBuild(${NO_PROJECT}, build: { ${CLIENT} }) { id }`, EVERYBODY, ''],
  [`devmasonAddStep(${NO_PROJECT}, build: "1", step: { name: "a", success: true }) { id }`, EVERYBODY, ''],
  [`devmasonFinishBuild(${NO_PROJECT}, build: "1") { id }`, EVERYBODY, ''],
  [`devmasonDeleteBuild(${NO_PROJECT}, build: "1")`, SIGNED_IN, NEEDS_CREDENTIALS],
  [`devmasonRequestBuild(${NO_PROJECT}, identifier: "HEAD") { id }`, EVERYBODY, ''],
  ['devmasonDeleteUser(username: "none")', SIGNED_IN, NEEDS_CREDENTIALS],
  ['devmasonRegisterUser(username: "a/b") { username }', ['admin'], NEEDS_CREDENTIALS],
  ['devmasonUpdateUser(username: "none") { username }', ['admin'], NEEDS_CREDENTIALS],
);

/** Kernel CI: labs and tokens. What is asked for is not there, or lacks what it needs. */
const OF_KERNELCI = 'legacyId: "none"';
const BUILT = 'tree: "-", kernel: "k", gitBranch: "b", arch: "a", defconfig: "d"';
mutations.push(
  ['kernelciSetJobStatus(input: { tree: "none", kernel: "k", gitBranch: "b" }) { id }', SIGNED_IN, ''],
  [`kernelciSubmitBuild(input: { ${BUILT} }) { id }`, SIGNED_IN, ''],
  [
    `kernelciSubmitTestGroup(input: { ${BUILT}, buildEnvironment: "e", labName: "l", name: "-" }) { id }`,
    ADMIN,
    TESTERS,
  ],
  [`kernelciDeleteJob(${OF_KERNELCI})`, ADMIN, 'kernelci/delete'],
  [`kernelciDeleteBuild(${OF_KERNELCI})`, ADMIN, 'kernelci/delete'],
  [`kernelciDeleteBoot(${OF_KERNELCI})`, ADMIN, 'kernelci/delete'],
  ['kernelciDeleteBoots(filter: {})', ADMIN, 'kernelci/delete'],
  ['kernelciCreateLab(input: {}) { name }', ADMIN, 'kernelci/admin'],
  [`kernelciUpdateLab(${OF_KERNELCI}, input: {}) { changed }`, ADMIN, 'kernelci/admin'],
  [`kernelciDeleteLab(${OF_KERNELCI})`, ADMIN, 'kernelci/admin'],
  ['kernelciCreateToken(input: {}) { email }', ADMIN, 'kernelci/admin'],
  [`kernelciUpdateToken(${OF_KERNELCI}, input: {}) { email }`, ADMIN, 'kernelci/admin'],
  [`kernelciDeleteToken(${OF_KERNELCI})`, ADMIN, 'kernelci/admin'],
);

/** Rodan's own rights, which hang on projects: whoever is signed in may ask, and is told what is not there or wrong. */
const OF_RODAN = 'uuid: "none"';
const NEEDS_VIEWER = 'a user of Rodan';
for (const selection of [
  'rodanCreateProject(input: { name: "" }) { uuid }',
  `rodanUpdateProject(${OF_RODAN}, input: {}) { uuid }`,
  `rodanDeleteProject(${OF_RODAN})`,
  `rodanSetProjectAdmins(${OF_RODAN}, usernames: []) { uuid }`,
  `rodanSetProjectWorkers(${OF_RODAN}, usernames: []) { uuid }`,
  ...['Workflow', 'WorkflowJob', 'WorkflowJobGroup', 'InputPort', 'OutputPort', 'Connection', 'ResourceList'].flatMap(
    (kind) => [
      `rodanCreate${kind}(input: {}) { uuid }`,
      `rodanUpdate${kind}(${OF_RODAN}, input: {}) { uuid }`,
      `rodanDelete${kind}(${OF_RODAN})`,
    ],
  ),
  `rodanUpdateResource(${OF_RODAN}, input: {}) { uuid }`,
  `rodanDeleteResource(${OF_RODAN})`,
  'rodanCreateWorkflowRun(input: {}) { uuid }',
  `rodanUpdateWorkflowRun(${OF_RODAN}, input: {}) { uuid }`,
  `rodanDeleteWorkflowRun(${OF_RODAN})`,
  `rodanAcquireRunJob(${OF_RODAN}) { token }`,
  `rodanSubmitInput(${OF_RODAN}, token: "x", settings: {}) { uuid }`,
  'rodanChangePassword(currentPassword: "x", newPassword: "")',
  'rodanUpdateMe(input: { username: "" }) { number }',
]) {
  mutations.push([selection, SIGNED_IN, NEEDS_VIEWER]);
}
mutations.push(
  ['rodanRegister(input: { username: "" }) { number }', EVERYBODY, ''],
  ['rodanCreateUser(input: { username: "" }) { number }', ADMIN, NEEDS_VIEWER],
  ['rodanClaimRunJobs(first: -1) { uuid }', AGENTS, 'agent'],
  [`rodanRenewRunJob(${OF_RODAN}) { uuid }`, AGENTS, 'agent'],
  [`rodanFinishRunJob(${OF_RODAN}) { uuid }`, AGENTS, 'agent'],
  [`rodanFailRunJob(${OF_RODAN}, errorSummary: "x") { uuid }`, AGENTS, 'agent'],
  [`rodanAwaitInput(${OF_RODAN}, settings: {}) { uuid }`, AGENTS, 'agent'],
);

/** Code and message that a caller gets. */
function refusalOf(name: CallerName, may: readonly CallerName[], needs: string): RegExp {
  // Their requests are wrong in another way, so that nothing is changed.
  if (may.includes(name)) return /^(INVALID|NOT_FOUND): /;
  if (needs === NEEDS_CREDENTIALS) {
    return name === 'anonymous'
      ? /^UNAUTHENTICATED: This needs credentials\.$/
      : /^FORBIDDEN: username: everybody is master of themselves only\.$/;
  }
  if (needs === NEEDS_VIEWER) {
    return name === 'anonymous'
      ? /^UNAUTHENTICATED: Authentication credentials were not provided\.$/
      : /^FORBIDDEN: You do not have permission to perform this action\.$/;
  }
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

/** What is told apart by more than who asks: tested below, and where users of Rodan are. */
const ELSEWHERE = ['kernelciSubmitBoot', 'rodanLogIn', 'rodanResetToken'];

it('every mutation of the schema stands in this matrix', async () => {
  const { __schema } = await callers.anonymous.run('{ __schema { mutationType { fields { name } } } }');
  const listed = [...ELSEWHERE, ...mutations.map(([document]) => document.slice(0, document.indexOf('(')))];
  expect(listed.toSorted()).toEqual(__schema.mutationType.fields.map(({ name }: { name: string }) => name).toSorted());
});

/** The one verb that asks for more than a role: even administrators send for labs that are there. */
it('a boot report is for the token of its lab', async () => {
  const document = `mutation { kernelciSubmitBoot(input: { ${BUILT}, board: "b", labName: "none", version: "1" }) { id } }`;
  for (const name of SIGNED_IN) {
    expect(await callers[name].refusal(document)).toEqual({
      code: 'FORBIDDEN',
      message: "labName: the token is not that of lab 'none'.",
    });
  }
  expect((await callers.anonymous.refusal(document)).code).toBe('UNAUTHENTICATED');
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
