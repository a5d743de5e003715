import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { first, RodanServer, type Step } from './writes-support.js';
import {
  BIND,
  FOREIGN_PAGE,
  FOREIGN_PAGES,
  MERGE,
  NOTES,
  PAGE_1,
  PAGE_2,
  PAGE_3,
  PAGES,
  runJobOf,
  STRAIGHTEN,
  TEXTS,
  UNREADY,
  UNREADY_PAGES,
  uuid,
} from './writes-world.js';

let server: RodanServer;
/** A valid workflow of one job with two open ports. */
let workflow: string;
let left: string;
let right: string;
/** A port of another workflow. */
let elsewhere: string;

beforeAll(async () => {
  server = await RodanServer.start();
  const merge = await server.validWorkflow(MERGE);
  workflow = merge.url;
  ({ left, right } = merge.steps[0]!.in as { left: string; right: string });
  elsewhere = first((await server.validWorkflow()).steps[0]!.in);
});
afterAll(() => server.close());

const resource = (id: string): string => server.link('resource', id);
const list = (id: string): string => server.link('resourcelist', id);

/** The errors of a run that is not started. */
async function errors(body: unknown): Promise<any> {
  const before = (await server.shown('/workflowruns/')).count;
  const { status, json } = await server.post('/workflowruns/', body);
  expect(status).toBe(400);
  expect((await server.shown('/workflowruns/')).count).toBe(before);
  return json;
}

/** The errors of assignments to the valid workflow. */
async function assignmentErrors(assignments: unknown): Promise<unknown> {
  const found = await errors({ workflow, resource_assignments: assignments });
  expect(Object.keys(found)).toEqual(['resource_assignments']);
  return found.resource_assignments;
}

const NO_MATCH = 'Invalid hyperlink - No URL match.';
const OTHER_MATCH = 'Invalid hyperlink - Incorrect URL match.';
const NOT_THERE = 'Invalid hyperlink - Object does not exist.';

describe('the fields of a new run', () => {
  it('faults of several fields come together', async () => {
    expect(await errors({ status: 9 })).toEqual({
      workflow: ['This field is required.'],
      status: ['Can only create a WorkflowRun that requests processing.'],
    });
    expect(await errors({ workflow: 5, status: 5, name: [], description: {}, resource_assignments: 5 })).toEqual({
      workflow: ['Incorrect type. Expected URL string, received int.'],
      status: ['"5" is not a valid choice.'],
      name: ['Not a valid string.'],
      description: ['Not a valid string.'],
    });
    expect(await errors({ status: '1', name: 'x'.repeat(101) })).toEqual({
      workflow: ['This field is required.'],
      status: ['Can only create a WorkflowRun that requests processing.'],
      name: ['Ensure this field has no more than 100 characters.'],
    });
  });

  it.each(['{}', ''])('a workflow is required (%j)', async (body) => {
    expect(await errors(body)).toEqual({ workflow: ['This field is required.'] });
  });

  it.each<[unknown, string]>([
    [null, 'This field may not be null.'],
    ['', 'This field may not be null.'],
    [5, 'Incorrect type. Expected URL string, received int.'],
    [1.5, 'Incorrect type. Expected URL string, received float.'],
    [true, 'Incorrect type. Expected URL string, received bool.'],
    [{}, 'Incorrect type. Expected URL string, received dict.'],
    [[], 'Incorrect type. Expected URL string, received list.'],
    ['nonsense', NO_MATCH],
    [uuid('b2', 77), NO_MATCH],
    [`/workflow/${uuid('b2', 77)}`, NO_MATCH],
    [`/workflow/${uuid('b2', 77).toUpperCase()}/`, NO_MATCH],
    [`/workflow/${uuid('b2', 77)}/?a=b`, NOT_THERE],
    [`/rodan/workflow/${uuid('b2', 77)}/`, NOT_THERE],
    [`https://other.example:8000/workflow/${uuid('b2', 77)}/`, NOT_THERE],
    ['/workflows/', OTHER_MATCH],
    ['/', OTHER_MATCH],
    [`/project/${uuid('b2', 77)}/`, OTHER_MATCH],
    [`/workflow/${'x'.repeat(100_000)}/`, NO_MATCH],
    ['/workflow/\u0000/', NO_MATCH],
  ])('a link that is %j', async (link, text) => {
    expect(await errors({ workflow: link })).toEqual({ workflow: [text] });
  });

  it('host, port, query and mount of links do not matter', async () => {
    const path = new URL(workflow).pathname;
    const bare = path.slice('/rodan'.length);
    for (const link of [path, bare, `http://elsewhere.example:81${path}?x=y`, `https://other.example${bare}`]) {
      expect(await errors({ workflow: link, resource_assignments: [] })).toEqual({
        resource_assignments: ['This field must be a JSON object'],
      });
    }
  });

  it.each<[unknown, string]>([
    [5, '"5" is not a valid choice.'],
    ['abc', '"abc" is not a valid choice.'],
    ['', '"" is not a valid choice.'],
    [null, 'This field may not be null.'],
    [2_000_000_000_000, '"2000000000000" is not a valid choice.'],
    [1, 'Can only create a WorkflowRun that requests processing.'],
    ['9', 'Can only create a WorkflowRun that requests processing.'],
    [-1, 'Can only create a WorkflowRun that requests processing.'],
  ])('a status that is %j', async (status, text) => {
    expect(await errors({ workflow, status })).toEqual({ status: [text] });
  });

  it('the run job that was redone last cannot be set upon creation..', async () => {
    const last = server.link('runjob', runJobOf(4));
    expect(await errors({ workflow, last_redone_runjob_tree: last })).toEqual({
      last_redone_runjob_tree: ['Cannot set this field upon creation..'],
    });
    expect(await errors({ workflow, last_redone_runjob_tree: null })).toEqual({
      resource_assignments: ['This field is required'],
    });
  });

  it('the workflow must be valid; before that nothing of the assignments is looked at', async () => {
    const invalid = await server.workflow();
    const fault = { workflow: ['Workflow must be valid before you can run it.'] };
    expect(await errors({ workflow: invalid })).toEqual(fault);
    expect(await errors({ workflow: invalid, resource_assignments: { x: 1 } })).toEqual(fault);
  });
});

describe('resource assignments', () => {
  it('they are required, and an object', async () => {
    expect(await errors({ workflow })).toEqual({ resource_assignments: ['This field is required'] });
    for (const value of [null, [], 'x', 5, true]) {
      expect(await assignmentErrors(value)).toEqual(['This field must be a JSON object']);
    }
  });

  it('of a form they are no object', async () => {
    const fields = new URLSearchParams({ workflow, resource_assignments: '{}' }).toString();
    const { status, json } = await server.form('POST', '/workflowruns/', fields);
    expect([status, json]).toEqual([400, { resource_assignments: ['This field must be a JSON object'] }]);
  });

  it.each<[string, () => string, string]>([
    ['nonsense', () => 'nonsense', NO_MATCH],
    ['a name of Object.prototype', () => '__proto__', NO_MATCH],
    ['an integer', () => '7', NO_MATCH],
    ['the empty text', () => '', NO_MATCH],
    ['a link to another kind', () => resource(PAGE_1), OTHER_MATCH],
    ['a link to no object', () => server.link('inputport', uuid('b5', 99)), NOT_THERE],
    ['a port of another workflow', () => elsewhere, 'Assigned InputPort must be unsatisfied'],
  ])('a key that is %s', async (_what, key, text) => {
    const name = key();
    expect(await assignmentErrors(Object.fromEntries([[name, [resource(PAGE_1)]]]))).toEqual(
      Object.fromEntries([[name, [text]]]),
    );
  });

  it('the key is told as it was sent', async () => {
    const path = new URL(left).pathname.slice('/rodan'.length);
    for (const key of [path, `http://x.example${path}?a=b`, left]) {
      expect(await assignmentErrors({ [key]: [] })).toEqual({
        [key]: ['It is not allowed to assign an empty resource set'],
      });
    }
  });

  it('a port that is connected, or assigned already, is satisfied', async () => {
    const { url, steps } = await server.validWorkflow(STRAIGHTEN, STRAIGHTEN);
    const [open, connected] = steps.map((step: Step) => first(step.in)) as [string, string];
    const page = [resource(PAGE_1)];
    const text = ['Assigned InputPort must be unsatisfied'];
    expect(await errors({ workflow: url, resource_assignments: { [open]: page, [connected]: page } })).toEqual({
      resource_assignments: { [connected]: text },
    });
    const again = new URL(open).pathname;
    expect(await errors({ workflow: url, resource_assignments: { [open]: page, [again]: page } })).toEqual({
      resource_assignments: { [again]: text },
    });
  });

  it('a value that is no array is refused', async () => {
    for (const value of [null, 'x', 5, {}, resource(PAGE_1)]) {
      expect(await assignmentErrors({ [left]: value })).toEqual({
        [left]: ['A list of resources or resource lists is expected'],
      });
    }
  });

  it.each<[string, () => unknown, string]>([
    ['null', () => null, 'Incorrect type. Expected URL string, received NoneType.'],
    ['an integer', () => 5, 'Incorrect type. Expected URL string, received int.'],
    ['an array', () => [], 'Incorrect type. Expected URL string, received list.'],
    ['an object', () => ({}), 'Incorrect type. Expected URL string, received dict.'],
    ['nonsense', () => 'x', NO_MATCH],
    ['an unknown resource', () => resource(uuid('c1', 99)), OTHER_MATCH],
    ['an unknown resource list', () => list(uuid('c2', 99)), NOT_THERE],
    ['a link to another kind', () => left, OTHER_MATCH],
    ['of a port of lists', () => list(PAGES), 'The InputPort requires Resources but is provided with ResourceLists'],
    ['not ready', () => resource(UNREADY), 'The compatible resource file is not ready'],
    ['of another project', () => resource(FOREIGN_PAGE), 'Resource is not in the project of Workflow'],
    ['of another type', () => resource(NOTES), 'The resource type does not match the InputPort'],
  ])('an element that is %s is told at its index', async (_what, element, text) => {
    // Both users know the foreign project: what is said of it is not about permissions.
    const send = async (elements: unknown[]) => {
      const body = { workflow, resource_assignments: { [left]: elements } };
      return (await server.post('/workflowruns/', body, 'root')).json;
    };
    expect(await send([element()])).toEqual({ resource_assignments: { [left]: { '0': [text] } } });
    expect(await send([resource(PAGE_1), element()])).toEqual({ resource_assignments: { [left]: { '1': [text] } } });
  });

  it('a port of lists wants lists whose resources are all ready, of its type and project', async () => {
    const bind = await server.validWorkflow(BIND);
    const port = first(bind.steps[0]!.in);
    const send = async (element: string) => {
      const body = { workflow: bind.url, resource_assignments: { [port]: [element] } };
      return (await server.post('/workflowruns/', body, 'root')).json.resource_assignments[port]['0'];
    };
    expect(await send(resource(PAGE_1))).toEqual([
      'The InputPort requires ResourceLists but is provided with Resources',
    ]);
    expect(await send(list(UNREADY_PAGES))).toEqual([
      'The compatible resource file of #1 in the resource list is not ready',
    ]);
    expect(await send(list(FOREIGN_PAGES))).toEqual(['Resource or ResourceList is not in the project of Workflow']);
    expect(await send(list(TEXTS))).toEqual(['The resource type does not match the InputPort']);
  });

  it('at most one set of more than one element is assigned, except the same one again', async () => {
    const [one, two, three] = [PAGE_1, PAGE_2, PAGE_3].map(resource) as [string, string, string];
    const text = ['It is not allowed to assign multiple resource sets'];
    expect(await assignmentErrors({ [left]: [one, two], [right]: [one, three] })).toEqual({ [right]: text });
    expect(await assignmentErrors({ [left]: [one, two], [right]: [one, two, three] })).toEqual({ [right]: text });
    const body = { workflow, resource_assignments: { [left]: [one, two], [right]: [two, one] } };
    expect((await server.post('/workflowruns/', body)).status).toBe(201);
  });

  it('first fault only, in document order, key echoed as sent', async () => {
    const page = `"${resource(PAGE_1)}"`;
    const send = async (assignments: string) =>
      (await server.post('/workflowruns/', `{"workflow":"${workflow}","resource_assignments":{${assignments}}}`)).json
        .resource_assignments;
    expect(await send(`"${right}":[${page},5],"nonsense":[],"${left}":[]`)).toEqual({
      [right]: { '1': ['Incorrect type. Expected URL string, received int.'] },
    });
    expect(await send(`"nonsense":[],"${right}":[${page},5]`)).toEqual({ nonsense: [NO_MATCH] });
    // JavaScript would have the integer first.
    expect(await send(`"${right}":[],"7":[]`)).toEqual({
      [right]: ['It is not allowed to assign an empty resource set'],
    });
    expect(await send(`"7":[],"${right}":[]`)).toEqual({ '7': [NO_MATCH] });
  });

  it('ports that are still open are told by their links', async () => {
    const text = (...ports: string[]) => [`There are still unsatisfied InputPorts: ${ports.join(' ')}`];
    expect(await assignmentErrors({})).toEqual(text(left, right));
    expect(await assignmentErrors({ [left]: [resource(PAGE_1)] })).toEqual(text(right));
  });
});
