// Makes a data set in Rodan's import format, the same for the same seed:
// node test/bench/generate-rodan.ts --run-jobs 100000 --seed 1 --out FILE (standard output without --out)
// Each run job reads two resources and writes one. What is referred to comes after what refers to it.
import { parseArgs } from 'node:util';
import { Random } from './random.ts';
import { writeText } from './write-text.ts';

const FIRST = Date.UTC(2015, 0, 5) * 1000;
const HOUR = 3_600_000_000;
/** Run jobs of a run, and workflow jobs of its workflow. */
const STEPS = 10;
const RUNS_OF_WORKFLOW = 25;
const WORKFLOWS_OF_PROJECT = 8;
const USERS = ['mia', 'ole', 'zoe', 'ida', 'max'];
const JOBS = ['straighten', 'binarise', 'crop', 'despeckle', 'segment', 'classify', 'encode', 'merge'];
const HOST = 'https://rodan.example/api';

const RUN_STATES = [4, 4, 4, 4, 4, 4, 4, -1, 9, 1];

/** The UUID of the object with a number of a collection. */
function uuid(collection: string, number: number): string {
  return `${collection}000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`;
}

const link = (kind: string, id: string | number): string => `${HOST}/${kind}/${id}/`;
const hex = (id: string): string => id.replaceAll('-', '');

/** Microseconds since 1970 as the old server showed them. */
function timeText(micros: number): string {
  const fraction = micros % 1_000_000;
  const seconds = new Date((micros - fraction) / 1000).toISOString().slice(0, 19);
  return fraction === 0 ? `${seconds}Z` : `${seconds}.${String(fraction).padStart(6, '0')}Z`;
}

const RESOURCE_TYPE = link('resourcetype', uuid('a1', 1));
const times = (created: number, updated = created) => ({ created: timeText(created), updated: timeText(updated) });

/** The data set, object by object. Worked out anew each time: nothing is kept. */
class Facts {
  readonly #seed: number;

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** Numbers that are the same for the same seed, collection and number. */
  #random(collection: number, number: number): Random {
    return new Random(this.#seed * 1_000_003 + collection * 15_485_863 + number * 7_919);
  }

  #run(number: number) {
    const random = this.#random(1, number);
    const created = FIRST + number * HOUR + random.below(1_000_000);
    return { created, status: random.pick(RUN_STATES), creator: random.pick(USERS) };
  }

  user(number: number) {
    const name = USERS[number] as string;
    const id = link('user', number + 1);
    return { url: id, username: name, email: `${name}@example.org`, token: this.#random(2, number).hex(40) };
  }

  job(number: number) {
    const portType = (collection: string, name: string, place: number) => ({
      uuid: uuid(collection, number * 2 + place),
      name,
      minimum: 1,
      maximum: 1,
      is_list: false,
      resource_types: [RESOURCE_TYPE],
    });
    return {
      uuid: uuid('a2', number),
      name: `acme.jobs.${JOBS[number]}`,
      settings: { type: 'object', properties: { angle: { type: 'number', default: 0 } } },
      description: `Does ${JOBS[number]}.`,
      category: 'Image',
      enabled: true,
      interactive: number === 2,
      input_port_types: [portType('a3', 'page', 0), portType('a3', 'reference', 1)],
      output_port_types: [portType('a4', 'page', 0)],
    };
  }

  project(number: number) {
    const creator = USERS[number % USERS.length];
    return {
      uuid: uuid('b1', number),
      name: `Charters ${number}`,
      description: 'Pages of charters.',
      creator,
      admins: [creator],
      workers: USERS.slice(0, 2),
      ...times(FIRST + number),
    };
  }

  workflow(number: number) {
    return {
      uuid: uuid('b2', number),
      project: link('project', uuid('b1', Math.floor(number / WORKFLOWS_OF_PROJECT))),
      name: `Workflow ${number}`,
      valid: true,
      creator: USERS[number % USERS.length],
      ...times(FIRST + number),
    };
  }

  workflowJob(number: number) {
    return {
      uuid: uuid('b3', number),
      workflow: link('workflow', uuid('b2', Math.floor(number / STEPS))),
      job: link('job', uuid('a2', number % JOBS.length)),
      job_settings: { angle: this.#random(3, number).below(90) },
      name: `${JOBS[number % JOBS.length]} ${number}`,
      ...times(FIRST + number),
    };
  }

  inputPort(number: number) {
    const workflowJob = Math.floor(number / 2);
    return {
      uuid: uuid('b5', number),
      workflow_job: link('workflowjob', uuid('b3', workflowJob)),
      input_port_type: link('inputporttype', uuid('a3', (workflowJob % JOBS.length) * 2 + (number % 2))),
      label: number % 2 === 0 ? 'page' : 'reference',
      extern: workflowJob % STEPS === 0,
    };
  }

  outputPort(number: number) {
    return {
      uuid: uuid('b6', number),
      workflow_job: link('workflowjob', uuid('b3', number)),
      output_port_type: link('outputporttype', uuid('a4', (number % JOBS.length) * 2)),
      label: 'page',
      extern: number % STEPS === STEPS - 1,
    };
  }

  /** Every workflow job but the first of each workflow reads what the one before it writes, twice. */
  connection(number: number) {
    const perWorkflow = (STEPS - 1) * 2;
    const reader = Math.floor(number / perWorkflow) * STEPS + 1 + Math.floor((number % perWorkflow) / 2);
    return {
      uuid: uuid('b7', number),
      input_port: link('inputport', uuid('b5', reader * 2 + (number % 2))),
      output_port: link('outputport', uuid('b6', reader - 1)),
    };
  }

  workflowRun(number: number) {
    const { created, status, creator } = this.#run(number);
    const workflow = Math.floor(number / RUNS_OF_WORKFLOW);
    return {
      uuid: uuid('d1', number),
      project: link('project', uuid('b1', Math.floor(workflow / WORKFLOWS_OF_PROJECT))),
      workflow: link('workflow', uuid('b2', workflow)),
      creator,
      status,
      name: `folio ${number}`,
      description: null,
      last_redone_runjob_tree: null,
      ...times(created, created + HOUR),
    };
  }

  /** Of a failed run the last run job failed; of a cancelled or running one it never began. */
  runJob(number: number) {
    const { created, status } = this.#run(Math.floor(number / STEPS));
    const step = number % STEPS;
    const workflowJob = Math.floor(number / STEPS / RUNS_OF_WORKFLOW) * STEPS + step;
    const own = step < STEPS - 1 ? 4 : status === 1 ? 0 : status;
    return {
      uuid: uuid('d2', number),
      workflow_run: link('workflowrun', uuid('d1', Math.floor(number / STEPS))),
      job_name: `acme.jobs.${JOBS[workflowJob % JOBS.length]}`,
      workflow_job_uuid: hex(uuid('b3', workflowJob)),
      resource_uuid: null,
      job_settings: { angle: this.#random(3, workflowJob).below(90) },
      status: own,
      error_summary: own === -1 ? 'ValueError: no staff lines' : '',
      error_details: own === -1 ? 'Traceback (most recent call last): …' : '',
      working_user: null,
      working_user_expiry: null,
      ...times(created + step, created + (step + 1) * 60_000_000),
    };
  }

  /** The first run job of a run reads what was uploaded for it. */
  input(number: number) {
    const runJob = Math.floor(number / 2);
    const isFirst = runJob % STEPS === 0;
    const read = isFirst ? uuid('c2', Math.floor(runJob / STEPS)) : uuid('c1', runJob - 1);
    return {
      uuid: uuid('d3', number),
      input_port_type_name: number % 2 === 0 ? 'page' : 'reference',
      run_job: link('runjob', uuid('d2', runJob)),
      resource: link('resource', read),
    };
  }

  output(number: number) {
    return {
      uuid: uuid('d4', number),
      output_port_type_name: 'page',
      run_job: link('runjob', uuid('d2', number)),
      resource: link('resource', uuid('c1', number)),
    };
  }

  /** What a run job wrote, or what was uploaded for a run. */
  resource(collection: 'c1' | 'c2', number: number) {
    const run = collection === 'c1' ? Math.floor(number / STEPS) : number;
    const project = uuid('b1', Math.floor(run / RUNS_OF_WORKFLOW / WORKFLOWS_OF_PROJECT));
    const id = uuid(collection, number);
    const folder = `${HOST}/uploads/projects/${hex(project)}/resources/${hex(id)}`;
    return {
      uuid: id,
      creator: collection === 'c1' ? null : this.#run(run).creator,
      resource_file: collection === 'c1' ? null : `${folder}/original_file.png`,
      compat_resource_file: `${folder}/compat_file.png`,
      small_thumb: `${folder}/thumbnails/small.jpg`,
      name: `folio ${run}`,
      description: `Generated by workflow folio ${run}.`,
      processing_status: collection === 'c1' ? null : 4,
      has_thumb: true,
      error_summary: '',
      error_details: '',
      project: link('project', project),
      resource_type: RESOURCE_TYPE,
      origin: collection === 'c1' ? link('output', uuid('d4', number)) : null,
      ...times(this.#run(run).created),
    };
  }
}

function* arrayText(name: string, count: number, row: (number: number) => object): Generator<string> {
  yield `"${name}": [`;
  for (let number = 0; number < count; number++) yield `${number === 0 ? '\n' : ',\n'}${JSON.stringify(row(number))}`;
  yield '\n]';
}

function* documentText(runJobs: number, seed: number): Generator<string> {
  const facts = new Facts(seed);
  const runs = Math.ceil(runJobs / STEPS);
  const workflows = Math.ceil(runs / RUNS_OF_WORKFLOW);
  const uploads = (number: number) => facts.resource('c2', number);
  const written = (number: number) => facts.resource('c1', number);
  const arrays: [string, number, (number: number) => object][] = [
    ['inputs', runJobs * 2, (number) => facts.input(number)],
    ['outputs', runJobs, (number) => facts.output(number)],
    ['runjobs', runJobs, (number) => facts.runJob(number)],
    ['workflowruns', runs, (number) => facts.workflowRun(number)],
    ['resources', runs + runJobs, (number) => (number < runs ? uploads(number) : written(number - runs))],
    ['connections', workflows * (STEPS - 1) * 2, (number) => facts.connection(number)],
    ['inputports', workflows * STEPS * 2, (number) => facts.inputPort(number)],
    ['outputports', workflows * STEPS, (number) => facts.outputPort(number)],
    ['workflowjobs', workflows * STEPS, (number) => facts.workflowJob(number)],
    ['workflows', workflows, (number) => facts.workflow(number)],
    ['projects', Math.ceil(workflows / WORKFLOWS_OF_PROJECT), (number) => facts.project(number)],
    ['jobs', JOBS.length, (number) => facts.job(number)],
    ['resourcetypes', 1, () => ({ uuid: uuid('a1', 1), mimetype: 'image/png', extension: 'png' })],
    ['users', USERS.length, (number) => facts.user(number)],
  ];
  yield '{';
  for (const [index, [name, count, row]] of arrays.entries()) {
    if (index > 0) yield ',\n';
    yield* arrayText(name, count, row);
  }
  yield '}\n';
}

const { values } = parseArgs({
  options: {
    'run-jobs': { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    out: { type: 'string' },
  },
});
await writeText(documentText(Number(values['run-jobs']), Number(values.seed)), values.out);
