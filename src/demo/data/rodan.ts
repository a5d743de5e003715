import type { Random } from '../random.js';
import { isoSecond, MINUTE, moments, SECOND } from './moments.js';

const RUNS = 30;
const PAGES = 6;
/** User of `examples/rodan.json`, whose project the demo adds to hers. */
const CREATOR = 'mia';
/** Type of images in `examples/rodan.json`. */
const IMAGE = link('resourcetype', 'a1000000-0000-4000-8000-000000000001');
const [FINISHED, FAILED, SCHEDULED] = [4, -1, 0];

/** A step of the workflow: what it is called, and which steps before it write what it reads. */
interface Stage {
  readonly name: string;
  readonly reads: readonly number[];
}

/** The page is straightened, then its ink and its staves are found side by side, and both are needed to encode it. */
const STAGES: readonly Stage[] = [
  { name: 'straighten', reads: [] },
  { name: 'binarise', reads: [0] },
  { name: 'find-staves', reads: [0] },
  { name: 'encode', reads: [1, 2] },
];

/** Each input of each stage; `from` is the stage that writes it, if it is not the page itself. */
const READERS = STAGES.flatMap(({ reads }, stage) =>
  readPorts(reads).map((label, place) => ({ stage, place, label, from: reads[place] })),
);

const PROJECT = uuid('b1', 1);
/** UUID of the workflow that runs are started of. */
export const WORKFLOW = uuid('b2', 1);
/** UUID of the one input port of the workflow that no connection feeds. */
export const PAGE_PORT = uuid('b5', 0);
/** UUIDs of the pages that may be put in there. */
export const PAGE_UUIDS: readonly string[] = Array.from({ length: PAGES }, (_, page) => uuid('c2', page));

/** A project with a workflow, pages, and the runs of the last day, in the format of Rodan's import. */
export function rodanData(random: Random, now: number): object {
  const uploaded = now - 26 * 60 * MINUTE;
  const times = { created: isoSecond(uploaded), updated: isoSecond(uploaded) };
  const runs = moments(random, RUNS, now).map((moment, index) => makeRun(random, index, moment));
  return {
    jobs: STAGES.map(jobOf),
    projects: [{ uuid: PROJECT, name: 'Antiphonary', creator: CREATOR, admins: [CREATOR], workers: [], ...times }],
    workflows: [
      { uuid: WORKFLOW, project: link('project', PROJECT), name: 'Read a page', valid: true, creator: CREATOR, ...times },
    ],
    workflowjobs: workflowJobs(times),
    inputports: inputPorts(),
    outputports: outputPorts(),
    connections: connections(),
    resources: [
      ...PAGE_UUIDS.map((id, page) => resource(id, `page ${page + 1}`, times, null)),
      ...runs.flatMap(written),
    ],
    workflowruns: runs.map(workflowRun),
    runjobs: runs.flatMap(runJobs),
    inputs: runs.flatMap(inputs),
    outputs: runs.flatMap(outputs),
  };
}

interface Times {
  readonly created: string;
  readonly updated: string;
}

function jobOf({ name, reads }: Stage, stage: number): object {
  const type = (collection: string, place: number, label: string): object => ({
    uuid: uuid(collection, stage * 2 + place),
    name: label,
    minimum: 1,
    maximum: 1,
    is_list: false,
    resource_types: [IMAGE],
  });
  return {
    uuid: uuid('a2', stage),
    name: jobName(name),
    settings: { type: 'object', properties: {} },
    description: `Does what its name says: ${name}.`,
    category: 'Demo',
    enabled: true,
    interactive: false,
    input_port_types: readPorts(reads).map((label, place) => type('a3', place, label)),
    output_port_types: [type('a4', 0, name)],
  };
}

function workflowJobs(times: Times): object[] {
  return STAGES.map(({ name }, stage) => ({
    uuid: uuid('b3', stage),
    workflow: link('workflow', WORKFLOW),
    job: link('job', uuid('a2', stage)),
    job_settings: {},
    name,
    ...times,
  }));
}

function inputPorts(): object[] {
  return READERS.map(({ stage, place, label, from }) => ({
    uuid: uuid('b5', stage * 2 + place),
    workflow_job: link('workflowjob', uuid('b3', stage)),
    input_port_type: link('inputporttype', uuid('a3', stage * 2 + place)),
    label,
    extern: from === undefined,
  }));
}

function outputPorts(): object[] {
  return STAGES.map(({ name }, stage) => ({
    uuid: uuid('b6', stage),
    workflow_job: link('workflowjob', uuid('b3', stage)),
    output_port_type: link('outputporttype', uuid('a4', stage * 2)),
    label: name,
    extern: stage === STAGES.length - 1,
  }));
}

function connections(): object[] {
  return READERS.flatMap(({ stage, place, from }) => {
    if (from === undefined) return [];
    const port = stage * 2 + place;
    const ends = { input_port: link('inputport', uuid('b5', port)), output_port: link('outputport', uuid('b6', from)) };
    return [{ uuid: uuid('b7', port), ...ends }];
  });
}

/** What all rows of a run follow from. */
interface Run {
  readonly index: number;
  readonly page: number;
  /** Place of the stage that failed; behind the last one when none did. */
  readonly failing: number;
  readonly started: number;
  /** When each stage ended. */
  readonly ends: readonly number[];
}

/** A run that has ended, now and then because a stage failed. */
function makeRun(random: Random, index: number, started: number): Run {
  const failing = random.chance(0.1) ? random.between(1, STAGES.length - 1) : STAGES.length;
  const page = random.between(0, PAGES - 1);
  const ends = STAGES.map((_, stage) => started + (stage + 1) * random.between(MINUTE / 2, MINUTE) + 5 * SECOND);
  return { index, page, failing, started, ends };
}

function timesOf({ started, ends }: Run, stage: number): Times {
  return { created: isoSecond(started), updated: isoSecond(ends[stage]!) };
}

/** The number of what a stage of a run has one of. */
function numberOf({ index }: Run, stage: number): number {
  return index * 10 + stage;
}

function workflowRun(run: Run): object {
  return {
    uuid: uuid('d1', run.index),
    project: link('project', PROJECT),
    workflow: link('workflow', WORKFLOW),
    creator: CREATOR,
    status: run.failing < STAGES.length ? FAILED : FINISHED,
    name: `page ${run.page + 1}`,
    description: null,
    last_redone_runjob_tree: null,
    ...timesOf(run, Math.min(run.failing, STAGES.length - 1)),
  };
}

function runJobs(run: Run): object[] {
  return STAGES.map(({ name }, stage) => ({
    uuid: uuid('d2', numberOf(run, stage)),
    workflow_run: link('workflowrun', uuid('d1', run.index)),
    job_name: jobName(name),
    workflow_job_uuid: uuid('b3', stage).replaceAll('-', ''),
    resource_uuid: null,
    job_settings: {},
    ...outcome(stage, run.failing),
    working_user: null,
    working_user_expiry: null,
    ...timesOf(run, stage),
  }));
}

function inputs(run: Run): object[] {
  return READERS.map(({ stage, place, label, from }) => ({
    uuid: uuid('d3', numberOf(run, stage) * 2 + place),
    input_port_type_name: label,
    run_job: link('runjob', uuid('d2', numberOf(run, stage))),
    resource: link('resource', from === undefined ? PAGE_UUIDS[run.page]! : uuid('c1', numberOf(run, from))),
    input_port: link('inputport', uuid('b5', stage * 2 + place)),
  }));
}

function outputs(run: Run): object[] {
  return STAGES.map(({ name }, stage) => ({
    uuid: uuid('d4', numberOf(run, stage)),
    output_port_type_name: name,
    run_job: link('runjob', uuid('d2', numberOf(run, stage))),
    resource: link('resource', uuid('c1', numberOf(run, stage))),
    output_port: link('outputport', uuid('b6', stage)),
  }));
}

function written(run: Run): object[] {
  return STAGES.map(({ name }, stage) => {
    const number = numberOf(run, stage);
    const origin = uuid('d4', number);
    return resource(uuid('c1', number), `${name} of page ${run.page + 1}`, timesOf(run, stage), origin);
  });
}

/** Stages behind the failing one never ran, unless they stand beside it. */
function outcome(stage: number, failing: number): object {
  const reads = STAGES[stage]!.reads;
  const status = stage === failing ? FAILED : stage > failing && reads.includes(failing) ? SCHEDULED : FINISHED;
  if (status !== FAILED) return { status, error_summary: '', error_details: '' };
  return { status, error_summary: 'ValueError: no staff lines', error_details: 'There is no music on this page.' };
}

function resource(id: string, name: string, times: Times, origin: string | null): object {
  const folder = `https://rodan.example/uploads/projects/${PROJECT.replaceAll('-', '')}/resources/${id.replaceAll('-', '')}`;
  return {
    uuid: id,
    creator: origin === null ? CREATOR : null,
    resource_file: origin === null ? `${folder}/original_file.png` : null,
    compat_resource_file: `${folder}/compat_file.png`,
    name,
    description: '',
    processing_status: origin === null ? FINISHED : null,
    has_thumb: false,
    error_summary: '',
    error_details: '',
    project: link('project', PROJECT),
    resource_type: IMAGE,
    origin: origin === null ? null : link('output', origin),
    ...times,
  };
}

function jobName(stage: string): string {
  return `demo.jobs.${stage}`;
}

/** Labels of the inputs of a stage: what it reads, or the page itself. */
function readPorts(reads: readonly number[]): string[] {
  return reads.length === 0 ? ['page'] : reads.map((stage) => STAGES[stage]!.name);
}

/** The UUID of the thing with a number of a collection; none that `examples/rodan.json` has. */
function uuid(collection: string, number: number): string {
  return `${collection}000000-0000-4000-9000-${number.toString(16).padStart(12, '0')}`;
}

/** A link of the old server. */
function link(kind: string, id: string): string {
  return `https://rodan.example/${kind}/${id}/`;
}
