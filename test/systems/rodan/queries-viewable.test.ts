import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROW_KINDS } from '../../../src/systems/rodan/kinds.js';
import { PEOPLE, RodanWorld, type MadeProject } from './world.js';

let world: RodanWorld;
beforeAll(async () => {
  world = await RodanWorld.start();
});
afterAll(() => world.close());

type Kind = keyof typeof ROW_KINDS;

/** What a project has of each kind of row that belongs to projects. */
const HELD: Partial<Record<Kind, (project: MadeProject) => readonly string[]>> = {
  projects: ({ uuid }) => [uuid],
  workflows: ({ workflow }) => [workflow],
  workflowJobs: ({ parts }) => parts.map(({ uuid }) => uuid),
  workflowJobGroups: ({ group }) => [group],
  inputPorts: ({ parts }) => parts.map(({ inputs }) => inputs['page']!),
  outputPorts: ({ parts }) => parts.map(({ outputs }) => outputs['page']!),
  connections: ({ connection }) => [connection],
  resources: ({ resources }) => resources,
  resourceLists: ({ list }) => [list],
  inputs: ({ inputs }) => inputs,
  outputs: ({ outputs }) => outputs,
  workflowRuns: ({ run }) => [run.uuid],
  runJobs: ({ runJobs }) => runJobs.map(({ uuid }) => uuid),
};
const KINDS = Object.keys(HELD) as Kind[];
const PUBLIC = (Object.keys(ROW_KINDS) as Kind[]).filter((kind) => !HELD[kind]);

async function listed(kind: Kind, caller: keyof RodanWorld['callers'], args: string): Promise<string[]> {
  const { nodes, totalCount } = (
    await world.callers[caller].run(`{ rodan { list: ${kind}${args} { totalCount nodes { uuid } } } }`)
  ).rodan.list;
  expect(totalCount).toBe(nodes.length);
  return (nodes as { uuid: string }[]).map(({ uuid }) => uuid).toSorted();
}

async function seen(kind: Kind, caller: keyof RodanWorld['callers'], uuid: string, viewable = true): Promise<boolean> {
  const argument = viewable ? ', viewable: true' : '';
  const document = `query ($uuid: String!) { rodan { row: ${ROW_KINDS[kind].one}(uuid: $uuid${argument}) { uuid } } }`;
  const { row } = (await world.callers[caller].run(document, { uuid })).rodan;
  return row?.uuid === uuid;
}

describe.each(KINDS)('%s that the caller may see', (kind) => {
  const held = (project: MadeProject): string[] => [...HELD[kind]!(project)].toSorted();
  const everything = (): string[] => [...held(world.charters), ...held(world.letters)].toSorted();

  it.each(['mia', 'kim', 'wes'] as const)(
    'are those of their project, for creator, admin and worker: %s',
    async (name) => {
      expect(await listed(kind, name, '(viewable: true)')).toEqual(held(world.charters));
    },
  );

  it.each(['sue', 'gatewayAdmin'] as const)(
    'are all, for superusers and administrators of the gateway: %s',
    async (name) => {
      expect(await listed(kind, name, '(viewable: true)')).toEqual(everything());
    },
  );

  it.each(['nobody', 'gatewayUser'] as const)('are none, for anybody else: %s', async (name) => {
    expect(await listed(kind, name, '(viewable: true)')).toEqual([]);
  });

  it('are all for everybody who does not ask for what they may see', async () => {
    expect(await listed(kind, 'nobody', '')).toEqual(everything());
    expect(await listed(kind, 'zoe', '(viewable: false)')).toEqual(everything());
  });

  it('are shown one by one by the same rule', async () => {
    const [own, foreign] = [held(world.charters)[0]!, held(world.letters)[0]!];
    expect(await seen(kind, 'wes', own)).toBe(true);
    expect(await seen(kind, 'wes', foreign)).toBe(false);
    expect(await seen(kind, 'sue', foreign)).toBe(true);
    expect(await seen(kind, 'nobody', own)).toBe(false);
    expect(await seen(kind, 'nobody', own, false)).toBe(true);
  });

  it('are not told apart by anything but the exact id', async () => {
    const uuid = held(world.charters)[0]!;
    for (const other of [uuid.toUpperCase().replace(/^[0-9]/, 'A'), uuid.replaceAll('-', ''), '', 'x\0y', '\uD800']) {
      expect([other, await seen(kind, 'mia', other), await seen(kind, 'mia', other, false)]).toEqual([
        other,
        false,
        false,
      ]);
    }
  });
});

describe('what is installed', () => {
  it.each(PUBLIC)('%s are shown to everybody', async (kind) => {
    const known = await listed(kind, 'sue', '');
    expect(known.length).toBeGreaterThan(0);
    expect(await listed(kind, 'nobody', '')).toEqual(known);
    expect(await seen(kind, 'nobody', known[0]!, false)).toBe(true);
  });
});

describe('who is asking', () => {
  const ME = '{ rodan { me { number username email isViewer viewerCanView } } }';

  it('is a user of Rodan by the name of the token', async () => {
    const me = { number: world.numbers.mia, username: 'mia', email: 'mia@example.org' };
    expect((await world.callers.mia.run(ME)).rodan.me).toEqual({ ...me, isViewer: true, viewerCanView: true });
  });

  it.each(['nobody', 'gatewayUser', 'gatewayAdmin'] as const)('is no user of Rodan: %s', async (name) => {
    expect((await world.callers[name].run(ME)).rodan.me).toBeNull();
  });

  it('is told what they may do with a project', async () => {
    const RIGHTS = `query ($uuid: String!) { rodan { project(uuid: $uuid) {
      viewerIsCreator viewerCanUpdate viewerCanDelete viewerCanSetWorkers } } }`;
    const rights = async (name: keyof RodanWorld['callers']): Promise<boolean[]> =>
      Object.values((await world.callers[name].run(RIGHTS, { uuid: world.charters.uuid })).rodan.project);
    expect(await rights('mia')).toEqual([true, true, true, true]);
    expect(await rights('kim')).toEqual([false, true, false, true]);
    expect(await rights('wes')).toEqual([false, false, false, false]);
    expect(await rights('zoe')).toEqual([false, false, false, false]);
    // Not even a superuser says who the admins are.
    expect(await rights('sue')).toEqual([false, true, true, false]);
    expect(await rights('nobody')).toEqual([false, false, false, false]);
  });
});

describe('users', () => {
  const USERS = '{ rodan { users { totalCount nodes { number username email } } } }';

  it('are listed by number for everybody who is signed in, with the own address only', async () => {
    const { nodes, totalCount } = (await world.callers.kim.run(USERS)).rodan.users;
    expect(totalCount).toBe(5);
    expect(nodes.map(({ username }: { username: string }) => username)).toEqual([...PEOPLE]);
    const shown = nodes.filter(({ email }: { email: unknown }) => email !== null);
    expect(shown).toEqual([{ number: world.numbers.kim, username: 'kim', email: 'kim@example.org' }]);
  });

  it('show their addresses to superusers', async () => {
    const { nodes } = (await world.callers.sue.run(USERS)).rodan.users;
    expect(nodes.map(({ email }: { email: string }) => email)).toEqual(PEOPLE.map((name) => `${name}@example.org`));
  });

  it('are not listed and not shown without credentials', async () => {
    expect((await world.callers.nobody.refusal(USERS)).code).toBe('UNAUTHENTICATED');
    const one = await world.callers.nobody.refusal('{ rodan { user(number: 1) { username } } }');
    expect(one.code).toBe('UNAUTHENTICATED');
  });

  it('are found by number and by names', async () => {
    const document = `query ($number: SafeInt!) { rodan { user(number: $number) { username viewerCanView }
      users(filter: { username: { in: ["mia", "zed", "sue"] } }) { nodes { username } } } }`;
    const { user, users } = (await world.callers.kim.run(document, { number: world.numbers.zoe })).rodan;
    expect(user).toEqual({ username: 'zoe', viewerCanView: false });
    expect(users.nodes).toEqual([{ username: 'mia' }, { username: 'sue' }]);
    expect((await world.callers.sue.run(document, { number: 999_999_999_999 })).rodan.user).toBeNull();
  });
});
