import { describe, expect, it } from 'vitest';
import type { GraphPort, GraphPortType, WorkflowGraph } from '../../../src/systems/rodan/parts/graph.js';
import { findFault } from '../../../src/systems/rodan/parts/validity.js';

/** A job of the graphs here: names of its ports -> their types. */
interface JobSketch {
  readonly inputs?: readonly string[];
  readonly outputs?: readonly string[];
  /** Its job, and so where its types are from; `copy` unless told. */
  readonly job?: string;
  readonly settings?: unknown;
}

const PAGES = new Set(['png']);
const TYPES: readonly GraphPortType[] = [
  { uuid: 'copy/page', jobUuid: 'copy', name: 'page', minimum: 0, maximum: 2, isList: false, resourceTypes: PAGES },
  {
    uuid: 'copy/any',
    jobUuid: 'copy',
    name: 'any',
    minimum: 0,
    maximum: 9,
    isList: false,
    resourceTypes: new Set(['png', 'text']),
  },
  {
    uuid: 'copy/text',
    jobUuid: 'copy',
    name: 'text',
    minimum: 0,
    maximum: 9,
    isList: false,
    resourceTypes: new Set(['text']),
  },
  { uuid: 'copy/book', jobUuid: 'copy', name: 'book', minimum: 0, maximum: 9, isList: true, resourceTypes: PAGES },
  { uuid: 'need/page', jobUuid: 'need', name: 'page', minimum: 1, maximum: 1, isList: false, resourceTypes: PAGES },
];
const BY_UUID = new Map(TYPES.map((type) => [type.uuid, type]));
const SCHEMA = JSON.stringify({ type: 'object', properties: { angle: { type: 'integer', minimum: 0 } } });

function ports(jobs: Readonly<Record<string, JobSketch>>, side: 'inputs' | 'outputs'): GraphPort[] {
  return Object.entries(jobs).flatMap(([name, job]) =>
    (job[side] ?? []).map((type, index) => {
      const typeUuid = type.includes('/') ? type : `${job.job ?? 'copy'}/${type}`;
      return { uuid: `${name}.${side}.${index}`, workflowJobUuid: name, typeUuid, label: `${name}'s ${type}` };
    }),
  );
}

/** A graph of jobs whose outputs are connected with inputs: `a.0 > b.1`. */
function graph(jobs: Readonly<Record<string, JobSketch>>, ...wires: readonly string[]): WorkflowGraph {
  return {
    jobs: Object.entries(jobs).map(([uuid, { job = 'copy', settings = {} }]) => {
      const texts = { settings: JSON.stringify(settings), schema: SCHEMA };
      return { uuid, jobUuid: job, jobName: `acme.${job}`, name: uuid, groupUuid: null, ...texts };
    }),
    inputPorts: ports(jobs, 'inputs'),
    outputPorts: ports(jobs, 'outputs'),
    connections: wires.map((wire) => {
      const [output = '', input = ''] = wire.split(' > ');
      const [outputPortUuid, inputPortUuid] = [output.replace('.', '.outputs.'), input.replace('.', '.inputs.')];
      return { uuid: wire, inputPortUuid, outputPortUuid };
    }),
    inputTypes: BY_UUID,
    outputTypes: BY_UUID,
  };
}

const PAGE_TO_PAGE: JobSketch = { inputs: ['page'], outputs: ['page'] };

describe('a workflow', () => {
  it('is valid when its jobs are complete and connected without a cycle', () => {
    expect(findFault(graph({ a: PAGE_TO_PAGE }))).toBeNull();
    const diamond = {
      a: { outputs: ['page'] },
      b: PAGE_TO_PAGE,
      c: PAGE_TO_PAGE,
      d: { inputs: ['page', 'any'], outputs: ['page'] },
    };
    expect(findFault(graph(diamond, 'a.0 > b.0', 'a.0 > c.0', 'b.0 > d.0', 'c.0 > d.1'))).toBeNull();
  });

  it('must have jobs', () => {
    expect(findFault(graph({}))).toEqual({
      errorCode: 'WF_EMPTY',
      details: ['The Workflow is empty.'],
      associatedObjects: {},
    });
  });

  it('must not have cycles', () => {
    const fault = { errorCode: 'WF_HAS_CYCLES', details: ['There is a cycle in the Workflow.'], associatedObjects: {} };
    expect(findFault(graph({ a: PAGE_TO_PAGE }, 'a.0 > a.0'))).toEqual(fault);
    expect(findFault(graph({ a: PAGE_TO_PAGE, b: PAGE_TO_PAGE }, 'a.0 > b.0', 'b.0 > a.0'))).toEqual(fault);
    const apart = graph({ z: PAGE_TO_PAGE, a: PAGE_TO_PAGE, b: PAGE_TO_PAGE }, 'a.0 > b.0', 'b.0 > a.0');
    expect(findFault(apart)).toEqual(fault);
  });

  it('must be connected', () => {
    expect(findFault(graph({ a: PAGE_TO_PAGE, b: PAGE_TO_PAGE }))).toEqual({
      errorCode: 'WF_NOT_CONNECTED',
      details: ['The Workflow is not connected.'],
      associatedObjects: {},
    });
  });

  it('may be a chain of many thousand jobs', () => {
    const names = Array.from({ length: 20_000 }, (_, index) => `j${index}`);
    const jobs = Object.fromEntries(names.map((name) => [name, PAGE_TO_PAGE]));
    const wires = names.slice(1).map((name, index) => `${names[index]}.0 > ${name}.0`);
    expect(findFault(graph(jobs, ...wires))).toBeNull();
    expect(findFault(graph(jobs, ...wires, `${names.at(-1)}.0 > j0.0`))?.errorCode).toBe('WF_HAS_CYCLES');
    expect(findFault(graph(jobs, ...wires.slice(1)))?.errorCode).toBe('WF_NOT_CONNECTED');
  });
});

describe('a workflow job', () => {
  it('must have an output port', () => {
    expect(findFault(graph({ a: { inputs: ['page'] } }))).toEqual({
      errorCode: 'WFJ_NO_OP',
      details: ['The WorkflowJob acme.copy has no OutputPort.'],
      associatedObjects: { workflowjobs: ['a'] },
    });
  });

  it.each([
    ['too few InputPorts', { job: 'need', outputs: ['page'] }, 'WFJ_TOO_FEW_IP', 'inputporttypes', 'need'],
    [
      'too many InputPorts',
      { inputs: ['page', 'page', 'page'], outputs: ['page'] },
      'WFJ_TOO_MANY_IP',
      'inputporttypes',
      'copy',
    ],
    [
      'too few OutputPorts',
      { job: 'need', inputs: ['page'], outputs: ['copy/page'] },
      'WFJ_TOO_FEW_OP',
      'outputporttypes',
      'need',
    ],
    ['too many OutputPorts', { outputs: ['page', 'page', 'page'] }, 'WFJ_TOO_MANY_OP', 'outputporttypes', 'copy'],
  ])('must not have %s of a type', (words, sketch, errorCode, collection, job) => {
    expect(findFault(graph({ a: sketch }))).toEqual({
      errorCode,
      details: [`The WorkflowJob acme.${job} has ${words} of type page.`],
      associatedObjects: { workflowjobs: ['a'], [collection]: [`${job}/page`] },
    });
  });

  it.each([{ angle: -1 }, { angle: 'steep' }, [], 'x', 7])(
    'must have settings that its job takes: not %j',
    (settings) => {
      expect(findFault(graph({ a: { ...PAGE_TO_PAGE, settings } }))).toEqual({
        errorCode: 'WFJ_INVALID_SETTINGS',
        details: ['The WorkflowJob acme.copy has invalid settings.'],
        associatedObjects: { workflowjobs: ['a'] },
      });
    },
  );
});

describe('a port', () => {
  it('must have a type of the job of its workflow job', () => {
    expect(findFault(graph({ a: { inputs: ['need/page'], outputs: ['page'] } }))).toEqual({
      errorCode: 'IP_TYPE_MISMATCH',
      details: ["The type of InputPort a's need/page is incompatible with its associated WorkflowJob."],
      associatedObjects: { inputports: ['a.inputs.0'] },
    });
    expect(findFault(graph({ a: { outputs: ['page', 'need/page'] } }))).toEqual({
      errorCode: 'OP_TYPE_MISMATCH',
      details: ["The type of OutputPort a's need/page is incompatible with its associated WorkflowJob."],
      associatedObjects: { outputports: ['a.outputs.1'] },
    });
  });

  it('has at most one connection when it is an input port', () => {
    const jobs = { a: { outputs: ['page', 'page'] }, b: PAGE_TO_PAGE };
    expect(findFault(graph(jobs, 'a.0 > b.0', 'a.1 > b.0'))).toEqual({
      errorCode: 'IP_TOO_MANY_CONNECTIONS',
      details: ["The InputPort b's page has more than one Connections"],
      associatedObjects: { inputports: ['b.inputs.0'] },
    });
  });

  it('that writes a list is read as a list, and the other way round', () => {
    expect(
      findFault(graph({ a: { outputs: ['page'] }, b: { inputs: ['book'], outputs: ['page'] } }, 'a.0 > b.0')),
    ).toEqual({
      errorCode: 'RESOURCETYPE_LIST_CONFLICT',
      details: ["InputPort b's book accepts a list of resources but OutputPort a's page is not list-typed."],
      associatedObjects: { outputports: ['a.outputs.0'], inputports: ['b.inputs.0'] },
    });
    expect(findFault(graph({ a: { outputs: ['book'] }, b: PAGE_TO_PAGE }, 'a.0 > b.0'))).toEqual({
      errorCode: 'RESOURCETYPE_LIST_CONFLICT',
      details: ["OutputPort a's book is list-typed but InputPort b's page is not."],
      associatedObjects: { outputports: ['a.outputs.0'], inputports: ['b.inputs.0'] },
    });
  });

  it('has a resource type in common with all that read from it', () => {
    const jobs = { a: { outputs: ['any'] }, b: PAGE_TO_PAGE, c: { inputs: ['text'], outputs: ['page'] } };
    expect(findFault(graph(jobs, 'a.0 > b.0', 'a.0 > c.0'))).toEqual({
      errorCode: 'NO_COMMON_RESOURCETYPE',
      details: ["There is no common ResourceType between OutputPort a's any and its connected InputPorts."],
      associatedObjects: { outputports: ['a.outputs.0'], inputports: ['b.inputs.0', 'c.inputs.0'] },
    });
  });
});

describe('of several faults the one is told that comes first', () => {
  it('in the workflow jobs, then in the input ports, then in the output ports, then in the graph', () => {
    const broken = { a: { inputs: ['need/page'], outputs: ['page', 'need/page'] }, b: { inputs: ['page'] } };
    expect(findFault(graph(broken))?.errorCode).toBe('WFJ_NO_OP');
    expect(findFault(graph({ a: broken.a }))?.errorCode).toBe('IP_TYPE_MISMATCH');
    expect(findFault(graph({ a: { outputs: ['page', 'need/page'] }, b: PAGE_TO_PAGE }))?.errorCode).toBe(
      'OP_TYPE_MISMATCH',
    );
  });

  it('of one workflow job before those of the next', () => {
    const jobs = { a: { ...PAGE_TO_PAGE, settings: { angle: -1 } }, b: { inputs: ['page'] } };
    expect(findFault(graph(jobs))?.associatedObjects).toEqual({ workflowjobs: ['a'] });
  });
});
