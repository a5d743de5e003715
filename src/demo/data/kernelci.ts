import type { Random } from '../random.js';
import { MINUTE, moments, SECOND } from './moments.js';

/** A kernel that is built: what all reports of it repeat. */
export interface Kernel {
  readonly tree: string;
  readonly branch: string;
  readonly name: string;
  readonly commit: string;
  readonly url: string;
}

/** A configuration that kernels are built with, and a board that boots what comes out. */
export interface Configuration {
  readonly arch: string;
  readonly defconfig: string;
  readonly board: string;
  readonly mach: string;
}

/** What every kernel is built with. */
export const CONFIGURATIONS: readonly Configuration[] = [
  { arch: 'arm64', defconfig: 'defconfig', board: 'juno', mach: 'vexpress' },
  { arch: 'arm64', defconfig: 'defconfig+CONFIG_CPU_BIG_ENDIAN=y', board: 'apm-mustang', mach: 'xgene' },
  { arch: 'arm', defconfig: 'multi_v7_defconfig', board: 'panda-es', mach: 'omap2' },
  { arch: 'arm', defconfig: 'bcm2835_defconfig', board: 'bcm2835-rpi-b', mach: 'bcm2835' },
  { arch: 'x86', defconfig: 'x86_64_defconfig', board: 'minnowboard', mach: 'x86' },
  { arch: 'riscv', defconfig: 'defconfig', board: 'hifive-unleashed', mach: 'sifive' },
];

/** The lab that boots. It is one of `examples/kernelci.json`. */
export const LAB = 'lab-alpha';
/** Where kernels are built. */
export const BUILD_ENVIRONMENT = 'gcc-14';

const JOBS = 14;
const TREES = [
  ['mainline', 'master'],
  ['next', 'master'],
  ['stable', 'linux-6.12.y'],
] as const;

/** Another kernel of one of the trees. */
export function newKernel(random: Random, now: number): Kernel {
  const [tree, branch] = random.pick(TREES);
  const commit = random.hex(40);
  const day = new Date(now).toISOString().slice(0, 10).replaceAll('-', '');
  const short = commit.slice(0, 7);
  const name = tree === 'next' ? `next-${day}-${short}` : `v6.${random.between(12, 18)}-${random.between(1, 900)}-g${short}`;
  return { tree, branch, name, commit, url: `https://git.example.org/${tree}.git` };
}

/** Kernels of the last day, their builds and boots, in the format of Kernel CI's import. */
export function kernelciData(random: Random, now: number): object {
  const reports = moments(random, JOBS, now).map((moment, index) => jobOf(random, index, moment));
  return {
    job: reports.map(({ job }) => job),
    build: reports.flatMap(({ builds }) => builds.map(({ build }) => build)),
    boot: reports.flatMap(({ builds }) => builds.flatMap(({ boot }) => boot)),
  };
}

function jobOf(random: Random, index: number, moment: number) {
  const kernel = newKernel(random, moment);
  const shared = {
    job: kernel.tree,
    kernel: kernel.name,
    git_branch: kernel.branch,
    git_commit: kernel.commit,
    git_describe: kernel.name,
    git_url: kernel.url,
    compiler: 'gcc',
    compiler_version: '14',
    version: '1.1',
  };
  const id = oid(moment, 'd0', index);
  const builds = CONFIGURATIONS.map((configuration, place) =>
    buildOf(random, { ...shared, job_id: id }, configuration, {
      number: index * 10 + place,
      moment: moment + (place + 1) * MINUTE,
    }),
  );
  const status = builds.every(({ passed }) => passed) ? 'PASS' : 'FAIL';
  return { job: { _id: id, created_on: { $date: moment }, ...shared, private: false, status }, builds };
}

/** What tells a build from the others. */
interface BuildKey {
  readonly number: number;
  readonly moment: number;
}

/** A build and, where it has passed, its boot. */
function buildOf(random: Random, shared: object, configuration: Configuration, { number, moment }: BuildKey) {
  const passed = !random.chance(0.08);
  const build = {
    _id: oid(moment, 'd1', number),
    created_on: { $date: moment },
    ...shared,
    ...builtWith(configuration),
    status: passed ? 'PASS' : 'FAIL',
    errors: passed ? 0 : random.between(1, 9),
    warnings: random.between(0, 12),
    build_time: random.between(90, 600),
  };
  return { passed, build, boot: passed ? [bootOf(random, shared, configuration, { number, moment })] : [] };
}

function bootOf(random: Random, shared: object, configuration: Configuration, { number, moment }: BuildKey): object {
  const booted = moment + random.between(MINUTE, 8 * MINUTE);
  return {
    _id: oid(booted, 'd2', number),
    created_on: { $date: booted },
    ...shared,
    ...builtWith(configuration),
    build_id: oid(moment, 'd1', number),
    board: configuration.board,
    mach: configuration.mach,
    lab_name: LAB,
    status: random.chance(0.9) ? 'PASS' : 'FAIL',
    time: { $date: random.between(20 * SECOND, 90 * SECOND) },
    warnings: 0,
  };
}

function builtWith({ arch, defconfig }: Configuration): object {
  const [base] = defconfig.split('+');
  return { arch, defconfig: base, defconfig_full: defconfig, build_environment: BUILD_ENVIRONMENT };
}

/** An id as MongoDB makes them: the seconds of its time, and what tells it from others of that second. */
function oid(moment: number, collection: string, number: number): { readonly $oid: string } {
  const seconds = Math.floor(moment / SECOND).toString(16);
  return { $oid: `${seconds}${collection}${number.toString(16).padStart(14, '0')}` };
}
