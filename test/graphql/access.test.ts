import {
  buildClientSchema,
  getIntrospectionQuery,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  type GraphQLField,
  type GraphQLInputType,
  type IntrospectionQuery,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GraphqlAnswer, TestServer } from '../support/server.js';
import { ProtocolSocket } from '../server/protocol-socket.js';
import { storedRows } from '../support/stored-rows.js';
import { Caller, startWithAgent } from './agent.js';

const CALLERS = [
  'anonymous',
  'plain',
  'agent',
  'operator',
  'admin',
  'freshmakerAdmin',
  'rebuilder',
  'asyncRebuilder',
  'kernelciAdmin',
  'kernelciSuperuser',
  'kernelciDeleter',
  'kernelciTester',
] as const;
type CallerName = (typeof CALLERS)[number];

const ROLES: Partial<Record<CallerName, string[]>> = {
  agent: ['agent'],
  operator: ['operator'],
  freshmakerAdmin: ['freshmaker/admin'],
  rebuilder: ['freshmaker/manual_rebuilder'],
  asyncRebuilder: ['freshmaker/freshmaker_async_rebuilders'],
  kernelciAdmin: ['kernelci/admin'],
  kernelciSuperuser: ['kernelci/superuser'],
  kernelciDeleter: ['kernelci/delete'],
  kernelciTester: ['kernelci/test_lab'],
};

let server: TestServer;
let reader: Caller;
const callers = {} as Record<CallerName, Caller>;
/** The same over WebSocket, and one with a token for reading. */
const sockets = {} as Record<CallerName | 'reader', ProtocolSocket>;

beforeAll(async () => {
  ({ server } = await startWithAgent());
  const forReading = await server.token('reader', { admin: true, scopes: ['read'] });
  reader = new Caller(server, forReading);
  sockets.reader = await ProtocolSocket.ready(server.url, { Authorization: `Bearer ${forReading}` });
  for (const name of CALLERS) {
    const token = await server.token(name, { admin: name === 'admin', roles: ROLES[name] ?? [] });
    callers[name] = name === 'anonymous' ? new Caller(server) : new Caller(server, token);
    const credentials = name === 'anonymous' ? undefined : { Authorization: `Bearer ${token}` };
    sockets[name] = await ProtocolSocket.ready(server.url, credentials);
  }
});
afterAll(async () => {
  for (const socket of Object.values(sockets)) socket.close();
  await server.close();
});

function callerOf(name: CallerName | 'reader'): Caller {
  return name === 'reader' ? reader : callers[name];
}

/** What somebody is told over WebSocket. */
async function refusalOverSocket(name: CallerName, query: string): Promise<{ code: unknown; message: string }> {
  sockets[name].subscribe('1', query);
  const { payload } = await sockets[name].next('next');
  await sockets[name].next('complete');
  const [{ extensions, message }] = payload.errors;
  return { code: extensions.code, message };
}

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

  /** Callers with one of the roles may, besides those that stand in the row. */
  const holders = CALLERS.filter((name) => ROLES[name]?.some((role) => needs.split(', ').includes(role)));
  const allowed = [...may, ...holders];

  async function asks(name: CallerName): Promise<void> {
    const answers = [await callers[name].refusal(document), await refusalOverSocket(name, document)];
    for (const { code, message } of answers) expect(`${code}: ${message}`).toMatch(refusalOf(name, allowed, needs));
  }

  it('is refused to who may not, over HTTP and WebSocket, and stores nothing', async () => {
    const before = await storedRows(server.app.store);
    for (const name of CALLERS) if (!allowed.includes(name)) await asks(name);
    expect(await storedRows(server.app.store)).toEqual(before);
  });

  it('answers who may, over HTTP and WebSocket', async () => {
    for (const name of CALLERS) if (allowed.includes(name)) await asks(name);
  });

  it('is refused to a token for reading, whatever its user may', async () => {
    const before = await storedRows(server.app.store);
    expect(await reader.refusal(document)).toEqual({ code: 'FORBIDDEN', message: 'This token is for reading only.' });
    expect(await storedRows(server.app.store)).toEqual(before);
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

/** Fields that only some may read, each with what it needs. All others are for everybody. */
const SECRET_FIELDS: Readonly<Record<string, { needs: string[] | 'user'; document: string }>> = {
  'Query.legacyRouteUse': { needs: ['operator'], document: '{ legacyRouteUse { totalCount } }' },
  'KernelciQuery.lab': {
    needs: ['kernelci/admin', 'kernelci/superuser'],
    document: '{ kernelci { lab(legacyId: "x") { name } } }',
  },
  'KernelciQuery.labs': {
    needs: ['kernelci/admin', 'kernelci/superuser'],
    document: '{ kernelci { labs { totalCount } } }',
  },
  'KernelciQuery.token': {
    needs: ['kernelci/admin', 'kernelci/superuser'],
    document: '{ kernelci { token(value: "x") { email } } }',
  },
  'KernelciQuery.tokens': {
    needs: ['kernelci/admin', 'kernelci/superuser'],
    document: '{ kernelci { tokens { totalCount } } }',
  },
  'RodanQuery.user': { needs: 'user', document: '{ rodan { user(number: 999) { number } } }' },
  'RodanQuery.users': { needs: 'user', document: '{ rodan { users { totalCount } } }' },
};

describe('reading', () => {
  it.each(Object.entries(SECRET_FIELDS))('%s is for some', async (_field, { needs, document }) => {
    for (const name of CALLERS) {
      const isKnown = name !== 'anonymous';
      const holds = needs === 'user' || (ROLES[name] ?? []).some((role) => needs.includes(role));
      const codes = [await codeOf(callers[name].send(document)), await codeOverSocket(name, document)];
      const refusal = isKnown ? 'FORBIDDEN' : 'UNAUTHENTICATED';
      const expected = isKnown && (name === 'admin' || holds) ? undefined : refusal;
      expect([name, ...codes]).toEqual([name, expected, expected]);
    }
  });

  it('what is for some is all there', async () => {
    const names = (await readingFields()).map(({ type, field }) => `${type.name}.${field.name}`);
    expect(names.length).toBeGreaterThan(50);
    expect(Object.keys(SECRET_FIELDS).filter((name) => !names.includes(name))).toEqual([]);
  });

  it.each([...CALLERS, 'reader'] as const)(
    'every other field that stands at a root or in a query of a system is for everybody: %s',
    async (name) => {
      const refused: unknown[] = [];
      for (const { type, field } of await readingFields()) {
        if (`${type.name}.${field.name}` in SECRET_FIELDS) continue;
        const document = documentOf(type.name, field);
        const overSocket = await codeOverSocket(name, document);
        const codes =
          type.name === 'Subscription' ? [overSocket] : [overSocket, await codeOf(callerOf(name).send(document))];
        if (codes.some((code) => /^(UNAUTHENTICATED|FORBIDDEN|GRAPHQL_.*)$/.test(String(code))))
          refused.push([document, codes]);
      }
      expect(refused).toEqual([]);
    },
  );
});

/** The fields of the roots that read, and of the queries of the systems. */
async function readingFields() {
  const schema = buildClientSchema((await callers.anonymous.run(getIntrospectionQuery())) as IntrospectionQuery);
  const types = Object.values(schema.getTypeMap()).filter(isObjectType);
  const roots = types.filter(({ name }) => name.endsWith('Query') || name === 'Subscription');
  return roots.flatMap((type) => Object.values(type.getFields()).map((field) => ({ type, field })));
}

async function codeOf(answer: Promise<GraphqlAnswer>): Promise<unknown> {
  return (await answer).errors?.[0]?.extensions.code;
}

/** The code of the first error over WebSocket; subscriptions ask for what comes after a place that is none. */
async function codeOverSocket(name: CallerName | 'reader', query: string): Promise<unknown> {
  sockets[name].subscribe('1', query);
  const { type, payload } = await sockets[name].next();
  if (type === 'error') return payload[0].extensions.code;
  await sockets[name].next('complete');
  return payload.errors?.[0]?.extensions.code;
}

/** A document that asks for one field, with arguments that name nothing. */
function documentOf(typeName: string, { name, args, type }: GraphQLField<unknown, unknown>): string {
  const isSubscription = typeName === 'Subscription';
  const given = args
    .filter((arg) => isRequiredArgument(arg) || (isSubscription && arg.name === 'after'))
    .map((arg) => `${arg.name}: ${isSubscription && arg.name === 'after' ? '"none"' : valueOf(arg.type)}`);
  const parameters = given.length > 0 ? `(${given.join(', ')})` : '';
  const selection = isLeafType(getNamedType(type)) ? '' : ' { __typename }';
  const field = `${name}${parameters}${selection}`;
  if (isSubscription) return `subscription { ${field} }`;
  const system = typeName.replace(/Query$/, '').toLowerCase();
  return system === '' ? `{ ${field} }` : `{ ${system} { ${field} } }`;
}

function valueOf(type: GraphQLInputType): string {
  if (isNonNullType(type)) return valueOf(type.ofType);
  if (isListType(type)) return `[${valueOf(type.ofType)}]`;
  if (isEnumType(type)) return type.getValues()[0]!.name;
  if (isInputObjectType(type)) {
    const required = Object.values(type.getFields()).filter(isRequiredInputField);
    return `{ ${required.map((field) => `${field.name}: ${valueOf(field.type)}`).join(', ')} }`;
  }
  return /Int|Float/.test(type.name) ? '1' : type.name === 'DateTime' ? '"2020-01-01T00:00:00Z"' : '"none"';
}
