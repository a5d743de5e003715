import type { Random } from '../random.js';
import { MINUTE, moments, SECOND } from './moments.js';

/** Projects that report their builds. */
export const PROJECTS = [
  { slug: 'tide-tables', name: 'Tide Tables' },
  { slug: 'lighthouse', name: 'Lighthouse' },
  { slug: 'ferry', name: 'Ferry Timetable' },
] as const;

/** A step of a build as it is reported. */
export interface ReportedStep {
  readonly name: string;
  readonly success: boolean;
  /** With the colours of terminals. */
  readonly output: string;
  readonly errout: string;
}

/** The steps of a build in their order. */
export const STEPS = ['checkout', 'configure', 'compile', 'test', 'package'] as const;
/** Name of a step. */
export type StepName = (typeof STEPS)[number];

const BUILDS = 60;
const MACHINES = [
  { host: 'worker1.example.org', arch: 'linux-x86_64' },
  { host: 'worker2.example.org', arch: 'linux-aarch64' },
  { host: 'mosaic.example.org', arch: 'darwin-arm64' },
] as const;
const TAGS = ['nightly', 'main', 'release', 'py3.13', 'py3.14'] as const;
const SOURCES = ['clock', 'tide', 'harbour', 'chart', 'signal', 'buoy', 'lamp', 'berth'] as const;

/** Projects and the builds of the last day with their steps, in the format of Devmason's import. */
export function devmasonData(random: Random, now: number): object {
  const projects = PROJECTS.map((project) => ({ ...project, owner: '' }));
  const builds = moments(random, BUILDS, now).map((started, index) => buildOf(random, index, started));
  return { projects, builds };
}

/** The machine that a build ran on. */
export function machine(random: Random): { readonly host: string; readonly arch: string; readonly user: string } {
  return { ...random.pick(MACHINES), user: 'demo' };
}

/** One or two tags. */
export function tagsOf(random: Random): string[] {
  return [...new Set([random.pick(TAGS), random.pick(TAGS)])];
}

function buildOf(random: Random, index: number, started: number): object {
  let moment = started;
  const results: object[] = [];
  let success = true;
  for (const name of STEPS) {
    const step = stepReport(random, name);
    const begun = moment;
    moment += random.between(5 * SECOND, MINUTE);
    results.push({ ...step, started: mailDate(begun), finished: mailDate(moment) });
    success = step.success;
    if (!success) break;
  }
  return {
    project: random.pick(PROJECTS).slug,
    id: 1_001 + index,
    success,
    started: mailDate(started),
    finished: mailDate(moment),
    tags: tagsOf(random),
    client: machine(random),
    results,
  };
}

/** A time as Devmason's clients write it: RFC 2822. */
function mailDate(moment: number): string {
  return new Date(moment).toUTCString().replace('GMT', '+0000');
}

/** What a step says that has just run; now and then the tests find something. */
export function stepReport(random: Random, name: StepName): ReportedStep {
  const success = name !== 'test' || !random.chance(0.12);
  const errout = success ? '' : `${red('AssertionError')}: high water at 12:25, expected 12:24\n`;
  return { name, success, output: `${OUTPUTS[name](random, success).join('\n')}\n`, errout };
}

type OutputLines = (random: Random, success: boolean) => string[];

const OUTPUTS: Readonly<Record<StepName, OutputLines>> = {
  checkout: (random) => ['From https://git.example.org/demo', ` * branch  main -> ${yellow(random.hex(7))}`],
  configure: () => ['C compiler', 'zlib', 'sqlite3', 'threads'].map((what) => `checking for ${what}... ${green('yes')}`),
  compile: (random) => compileLines(random),
  test: (random, success) => testLines(random, success),
  package: (random) => [`dist/demo-1.${random.between(0, 40)}.tar.gz  ${random.between(180, 420)} kB`, green('done')],
};

function compileLines(random: Random): string[] {
  return SOURCES.flatMap((source, index) => {
    const share = Math.round(((index + 1) / SOURCES.length) * 100);
    const line = `[${String(share).padStart(3)}%] ${green(`Building C object ${source}.c.o`)}`;
    if (!random.chance(0.15)) return [line];
    return [line, `${source}.c:${random.between(10, 300)}: ${magenta('warning:')} unused variable ${bold("'ebb'")}`];
  });
}

function testLines(random: Random, success: boolean): string[] {
  const failing = success ? null : random.pick(SOURCES);
  const lines = SOURCES.map((source) => {
    const verdict = source === failing ? red('FAILED') : green('PASSED');
    return `tests/test_${source}.py::test_${source} ${verdict}`;
  });
  const passed = SOURCES.length - (failing === null ? 0 : 1);
  const sum = failing === null ? green(`${passed} passed`) : `${red('1 failed')}, ${green(`${passed} passed`)}`;
  return [...lines, `==== ${sum} in ${random.between(1, 9)}.${random.between(0, 99)}s ====`];
}

/** Select Graphic Rendition of ECMA-48: what is told to a terminal of colours. */
function rendition(code: number): (text: string) => string {
  return (text) => `\u001B[${code}m${text}\u001B[0m`;
}

const [bold, red, green, yellow, magenta] = [1, 31, 32, 33, 35].map(rendition) as [
  Paint,
  Paint,
  Paint,
  Paint,
  Paint,
];
type Paint = (text: string) => string;
