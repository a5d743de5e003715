import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from '../../../src/core/store/sql.js';
import { CREATE, RunsWorld } from './runs-world.js';

const UNSATISFIED = 'Assigned InputPort must be unsatisfied';
const NO_LIST = 'A list of resources or resource lists is expected';
const EMPTY = 'It is not allowed to assign an empty resource set';
const SEVERAL = 'It is not allowed to assign multiple resource sets';
const NO_MATCH = 'Invalid hyperlink - No URL match.';
const INCORRECT = 'Invalid hyperlink - Incorrect URL match.';
const MISSING = 'Invalid hyperlink - Object does not exist.';
const HIDDEN = 'You have no permissions to it.';
const NEEDS_LISTS = 'The InputPort requires ResourceLists but is provided with Resources';
const NEEDS_RESOURCES = 'The InputPort requires Resources but is provided with ResourceLists';
const NOT_READY = 'The compatible resource file is not ready';
const ELSEWHERE = 'is not in the project of Workflow';
const WRONG_TYPE = 'The resource type does not match the InputPort';

let world: RunsWorld;
let workflow: string;
/** Ports without connection: two that read resources, one that reads resource lists. One with a connection. */
let ports: Record<'left' | 'right' | 'list' | 'connected' | 'foreign' | 'hidden', string>;
let resources: Record<'a' | 'b' | 'c' | 'unready' | 'elsewhere' | 'hidden' | 'text', string>;
let lists: Record<'whole' | 'other' | 'unready' | 'elsewhere' | 'hidden' | 'text' | 'untyped', string>;

beforeAll(async () => {
  world = await RunsWorld.start();
  const { data, project, png, jobs, users } = world;
  const text = await data.resourceType('text/plain');
  const bind = await data.job('acme.jobs.bind', { inputs: { pages: { list: true } }, outputs: { page: {} } });
  workflow = await data.workflow(project, { valid: true });
  const join = await data.workflowJob(workflow, jobs.join);
  const turn = await data.workflowJob(workflow, jobs.turn);
  const binding = await data.workflowJob(workflow, bind);
  await data.connection(join.outputs['book']!, turn.inputs['page']!);
  const foreign = await data.workflowJob(await data.workflow(project, { valid: true }), jobs.turn);
  const theirs = await data.project(users.zoe);
  const hidden = await data.workflowJob(await data.workflow(theirs), jobs.turn);
  const second = await data.project(users.mia);
  ports = {
    left: join.inputs['left']!,
    right: join.inputs['right']!,
    list: binding.inputs['pages']!,
    connected: turn.inputs['page']!,
    foreign: foreign.inputs['page']!,
    hidden: hidden.inputs['page']!,
  };
  resources = {
    a: await data.resource(project, png),
    b: await data.resource(project, png),
    c: await data.resource(project, png),
    unready: await data.resource(project, png, { compat_file: null }),
    elsewhere: await data.resource(second, png),
    hidden: await data.resource(theirs, png),
    text: await data.resource(project, text),
  };
  lists = {
    whole: await data.resourceList(project, png, [resources.a]),
    other: await data.resourceList(project, png, [resources.b]),
    unready: await data.resourceList(project, png, [resources.a, resources.b, resources.unready, resources.unready]),
    elsewhere: await data.resourceList(second, png, [resources.elsewhere]),
    hidden: await data.resourceList(theirs, png, [resources.hidden]),
    text: await data.resourceList(project, text, [resources.text]),
    untyped: await data.resourceList(project, png, [resources.a], { resource_type_uuid: null }),
  };
});
afterAll(() => world.close());

const ip = (uuid: string): string => `http://any.example/rodan/inputport/${uuid}/`;
const r = (uuid: string): string => `https://other.example/resource/${uuid}/`;
const l = (uuid: string): string => `/resourcelist/${uuid}/`;

type Assigned = readonly (readonly [key: unknown, value: unknown])[];

async function errorsOf(assigned: Assigned | null | undefined, more: object = {}): Promise<any> {
  const resourceAssignments = assigned?.map(([inputPort, value]) => ({ inputPort, resources: value })) ?? assigned;
  const sent = resourceAssignments === undefined ? {} : { resourceAssignments };
  return (await world.refusal(CREATE, { input: { workflow, ...sent, ...more } })).errors;
}

/** The fault at a key, and at an element there. */
function at(key: string, text: string, index?: number): object {
  return { resource_assignments: { [key]: index === undefined ? [text] : { [index]: [text] } } };
}

/** What satisfies the ports that a test does not ask about. */
function good(): Record<'left' | 'right' | 'list', [string, string[]]> {
  return {
    left: [ip(ports.left), [r(resources.a)]],
    right: [ip(ports.right), [r(resources.b)]],
    list: [ip(ports.list), [l(lists.whole)]],
  };
}

describe('field rules', () => {
  it('are reported together, and nothing behind them', async () => {
    const name = 'x'.repeat(101);
    const { errors } = await world.refusal(CREATE, { input: { status: 9, name, resourceAssignments: null } });
    expect(errors).toEqual({
      workflow: ['This field is required.'],
      status: ['Can only create a WorkflowRun that requests processing.'],
      name: ['Ensure this field has no more than 100 characters.'],
    });
  });

  it.each([
    [5, '"5" is not a valid choice.'],
    [0, '"0" is not a valid choice.'],
    [8, '"8" is not a valid choice.'],
    [null, 'This field may not be null.'],
    [31, 'Can only create a WorkflowRun that requests processing.'],
  ])('status %s', async (status, text) => {
    expect(await errorsOf([], { status })).toEqual({ status: [text] });
  });

  it('say what is wrong with the link to the workflow', async () => {
    const texts: [unknown, string][] = [
      [null, 'This field may not be null.'],
      ['', 'This field may not be null.'],
      [5, 'Incorrect type. Expected URL string, received int.'],
      [1.5, 'Incorrect type. Expected URL string, received float.'],
      [true, 'Incorrect type. Expected URL string, received bool.'],
      [{}, 'Incorrect type. Expected URL string, received dict.'],
      [[], 'Incorrect type. Expected URL string, received list.'],
      ['x', NO_MATCH],
      [`/workflow/${workflow}`, NO_MATCH],
      [`/project/${world.project}/`, INCORRECT],
      [`/workflow/${randomUUID()}/`, MISSING],
      ['\0', NO_MATCH],
    ];
    for (const [link, text] of texts) expect(await errorsOf([], { workflow: link })).toEqual({ workflow: [text] });
  });
});

describe('rules of the run as a whole', () => {
  it('come one after the other', async () => {
    const invalid = await world.data.workflow(world.project);
    const lastRedoneRunJobTree = `/runjob/${randomUUID()}/`;
    expect(await errorsOf(undefined, { workflow: invalid, lastRedoneRunJobTree })).toEqual({
      last_redone_runjob_tree: ['Cannot set this field upon creation..'],
    });
    expect(await errorsOf(undefined, { workflow: invalid, lastRedoneRunJobTree: null })).toEqual({
      workflow: ['Workflow must be valid before you can run it.'],
    });
    expect(await errorsOf(undefined)).toEqual({ resource_assignments: ['This field is required'] });
    expect(await errorsOf(null)).toEqual({ resource_assignments: ['This field must be a JSON object'] });
  });
});

describe('assignments', () => {
  it('need a key that is a link to an input port', async () => {
    const texts: [string, string][] = [
      ['', NO_MATCH],
      ['5', NO_MATCH],
      ['__proto__', NO_MATCH],
      [`/inputport/${ports.left}`, NO_MATCH],
      [`/inputport/${ports.left.toUpperCase()}/`, NO_MATCH],
      [r(resources.a), INCORRECT],
      [`/outputport/${ports.left}/`, INCORRECT],
      [ip(randomUUID()), MISSING],
      [ip(ports.hidden), HIDDEN],
      ['\0', NO_MATCH],
      ['\ud800', NO_MATCH],
    ];
    for (const [key, text] of texts) {
      const errors = await errorsOf([[key, 5]]);
      expect(Object.entries(errors.resource_assignments)).toEqual([[key, [text]]]);
    }
  });

  it('need an input port of the workflow without connection that was not assigned before', async () => {
    for (const port of [ports.connected, ports.foreign]) {
      expect(await errorsOf([[ip(port), null]])).toEqual(at(ip(port), UNSATISFIED));
    }
    const other = `/rodan/inputport/${ports.left}/`;
    expect(await errorsOf([good().left, [other, [r(resources.a)]]])).toEqual(at(other, UNSATISFIED));
  });

  it('need a list that is not empty', async () => {
    const key = ip(ports.left);
    expect(await errorsOf([[key, null]])).toEqual(at(key, NO_LIST));
    expect(await errorsOf([[key, []]])).toEqual(at(key, EMPTY));
  });

  it('need links to resources or resource lists, and say what is wrong with them as resource lists', async () => {
    const key = ip(ports.left);
    const texts: [unknown, string][] = [
      [null, 'Incorrect type. Expected URL string, received NoneType.'],
      [5, 'Incorrect type. Expected URL string, received int.'],
      [true, 'Incorrect type. Expected URL string, received bool.'],
      [[], 'Incorrect type. Expected URL string, received list.'],
      [{ __proto__: 1 }, 'Incorrect type. Expected URL string, received dict.'],
      ['', NO_MATCH],
      ['x', NO_MATCH],
      [ip(ports.left), INCORRECT],
      [r(randomUUID()), INCORRECT],
      [l(randomUUID()), MISSING],
      [r(resources.hidden), INCORRECT],
      [l(lists.hidden), HIDDEN],
    ];
    for (const [link, text] of texts) {
      expect(await errorsOf([[key, [r(resources.a), link, 7]]])).toEqual(at(key, text, 1));
    }
  });

  it('have at most one set of more than one element, which may stand there again in any order', async () => {
    const both = [r(resources.a), r(resources.b)];
    const { list } = good();
    const left: Assigned[number] = [ip(ports.left), both];
    const key = ip(ports.right);
    for (const other of [
      [r(resources.a), r(resources.c)],
      [...both, r(resources.c)],
    ]) {
      expect(await errorsOf([left, [key, other], list])).toEqual(at(key, SEVERAL));
    }
    // Who sends a second set hears of that and not of what is wrong with its elements.
    expect(await errorsOf([left, [key, [r(resources.text), r(resources.unready)]]])).toEqual(at(key, SEVERAL));
    const assigned = [left, [key, both.toReversed()], list] as const;
    const resourceAssignments = assigned.map(([inputPort, value]) => ({ inputPort, resources: value }));
    const { uuid } = await world.create({ workflow, resourceAssignments });
    const { runJobs } = await world.run(uuid);
    const pairs = runJobs.filter(({ jobName }: any) => jobName === 'acme.jobs.join').map(({ inputs }: any) => inputs);
    expect(pairs.map((inputs: any) => inputs.map((one: any) => one.resource.uuid))).toEqual([
      [resources.a, resources.a],
      [resources.b, resources.b],
    ]);
  });

  it('need elements that are ready, of the project, and of a kind and type that the port takes', async () => {
    const left = ip(ports.left);
    const list = ip(ports.list);
    const cases: [string, string, string][] = [
      [list, r(resources.a), NEEDS_LISTS],
      [list, r(resources.unready), NEEDS_LISTS],
      [left, r(resources.unready), NOT_READY],
      [left, l(lists.whole), NEEDS_RESOURCES],
      [left, l(lists.unready), NEEDS_RESOURCES],
      [list, l(lists.unready), 'The compatible resource file of #2 in the resource list is not ready'],
      [left, r(resources.elsewhere), `Resource ${ELSEWHERE}`],
      [list, l(lists.elsewhere), `Resource or ResourceList ${ELSEWHERE}`],
      [left, r(resources.text), WRONG_TYPE],
      [list, l(lists.text), WRONG_TYPE],
      [list, l(lists.untyped), WRONG_TYPE],
    ];
    for (const [key, element, text] of cases) {
      expect(await errorsOf([[key, [element]]])).toEqual(at(key, text, 0));
      const first = key === left ? r(resources.a) : l(lists.whole);
      expect(await errorsOf([[key, [first, element]]])).toEqual(at(key, text, 1));
    }
  });

  it('have to be there for all input ports without connection', async () => {
    const rest = (...missing: string[]): object => ({
      resource_assignments: [
        `There are still unsatisfied InputPorts: ${missing.map((uuid) => `/inputport/${uuid}/`).join(' ')}`,
      ],
    });
    expect(await errorsOf([])).toEqual(rest(ports.left, ports.right, ports.list));
    expect(await errorsOf([good().right])).toEqual(rest(ports.left, ports.list));
    const answer = await world.server.graphql(
      CREATE,
      { input: { workflow, resourceAssignments: [] } },
      world.tokens.mia,
    );
    expect(answer.errors![0]!.extensions['unsatisfiedInputPorts']).toEqual([ports.left, ports.right, ports.list]);
  });

  it('report the first of several faults, in the order in which they stand there', async () => {
    const faults: [Assigned[number], object][] = [
      [['nothing', 5], at('nothing', NO_MATCH)],
      [[ip(ports.connected), []], at(ip(ports.connected), UNSATISFIED)],
      [[ip(ports.left), []], at(ip(ports.left), EMPTY)],
      [[ip(ports.right), [r(resources.a), r(resources.text)]], at(ip(ports.right), WRONG_TYPE, 1)],
      [
        [ip(ports.list), [l(lists.unready), 5]],
        at(ip(ports.list), 'Incorrect type. Expected URL string, received int.', 1),
      ],
    ];
    for (const [first, expected] of faults) {
      for (const [second] of faults.filter(([other]) => other !== first)) {
        expect(await errorsOf([first, second])).toEqual(expected);
      }
    }
    // What is right does not hide what comes behind it, and a fault comes before ports that are not assigned.
    expect(await errorsOf([good().left, faults[3]![0]])).toEqual(faults[3]![1]);
  });

  it('leave nothing behind when they are refused', async () => {
    const rows = await world.server.app.store.reader.all<{ total: number }>(
      sql`SELECT COUNT(*) AS total FROM event WHERE rodan_request = 1`,
    );
    await errorsOf([good().left]);
    const then = await world.server.app.store.reader.all(
      sql`SELECT COUNT(*) AS total FROM event WHERE rodan_request = 1`,
    );
    expect(then).toEqual(rows);
  });
});
