// Makes a data set in Kernel CI's import format, the same for the same seed:
// node test/bench/generate-kernelci.ts --builds 300000 --boots 900000 --seed 1 --out FILE (standard output without --out)
import { parseArgs } from 'node:util';
import { Random } from './random.ts';
import { writeText } from './write-text.ts';

const FIRST_JOB = Date.UTC(2014, 0, 6);
const LAST_JOB = Date.UTC(2020, 0, 20);
const BUILDS_OF_JOB = 60;
const MINUTE = 60_000;

const TREES = ['next', 'mainline', 'stable', 'stable-rc', 'arm-soc', 'drm-misc', 'media', 'net-next', 'rmk', 'tip'];
const BRANCHES = ['master', 'for-next', 'linux-4.4.y', 'linux-4.9.y', 'linux-4.14.y', 'pending-fixes'];
const ENVIRONMENTS = ['gcc-4.9', 'gcc-8', 'clang-10'];
const ARCHES = ['arm', 'arm64', 'x86', 'mips', 'riscv'];
const CONFIGS = [
  'defconfig',
  'multi_v7_defconfig',
  'x86_64_defconfig',
  'tinyconfig',
  'allmodconfig',
  'bcm2835_defconfig',
];
const FRAGMENTS = ['', '', '', '+CONFIG_CPU_BIG_ENDIAN=y', '+CONFIG_PROVE_LOCKING=y', '+kselftest', '+CONFIG_SMP=n'];
const BOARDS = 240;
const LABS = Array.from({ length: 14 }, (_, number) => `lab-${number}`);
const MACHS = ['vexpress', 'rockchip', 'sunxi', 'imx', 'qcom', 'tegra', 'omap2', 'x86'];

/** A legacy id: the seconds of its time, what it is of, and its number. */
function oid(time: number, collection: string, number: number): string {
  const seconds = Math.floor(time / 1000).toString(16);
  return `${seconds}${collection}${number.toString(16).padStart(14, '0')}`;
}

/** What the build with a number repeats of its job, and its boots of it. Worked out anew each time: nothing is kept. */
class Facts {
  readonly #seed: number;
  readonly #jobs: number;

  constructor(seed: number, jobs: number) {
    this.#seed = seed;
    this.#jobs = jobs;
  }

  /** Numbers that are the same for the same seed, collection and number. */
  random(collection: number, number: number): Random {
    return new Random(this.#seed * 1_000_003 + collection * 15_485_863 + number * 7_919);
  }

  job(number: number) {
    const random = this.random(1, number);
    const step = (LAST_JOB - FIRST_JOB) / this.#jobs;
    const created = Math.floor(FIRST_JOB + step * (number + random.next() * 0.5));
    const tree = random.pick(TREES);
    const day = new Date(created).toISOString().slice(0, 10).replaceAll('-', '');
    const commit = random.hex(40);
    const describe =
      tree === 'next' ? `next-${day}` : `v4.${random.below(20)}-${1 + random.below(900)}-g${commit.slice(0, 12)}`;
    return {
      _id: { $oid: oid(created, 'aa', number) },
      created_on: { $date: created },
      job: tree,
      kernel: describe,
      git_branch: random.pick(BRANCHES),
      git_commit: commit,
      git_describe: describe,
      git_describe_v: `v4.${random.below(20)}-rc${1 + random.below(7)}-${random.below(9000)}-g${commit.slice(0, 12)}`,
      git_url: `git://git.example.org/${tree}.git`,
      kernel_version: `4.${random.below(20)}-rc${1 + random.below(7)}`,
      compiler: 'gcc',
      compiler_version: '4.9.2',
      compiler_version_ext: 'gcc 4.9.2',
      compiler_version_full: 'gcc version 4.9.2 (Debian 4.9.2-10)',
      cross_compile: null,
    };
  }

  build(number: number) {
    const random = this.random(2, number);
    const job = this.job(Math.floor(number / BUILDS_OF_JOB));
    const { _id: jobId, created_on: started, ...common } = job;
    const created = started.$date + (1 + (number % BUILDS_OF_JOB)) * MINUTE + random.below(MINUTE);
    const defconfig = random.pick(CONFIGS);
    return {
      _id: { $oid: oid(created, 'bb', number) },
      created_on: { $date: created },
      ...common,
      job_id: jobId,
      arch: random.pick(ARCHES),
      defconfig,
      defconfig_full: `${defconfig}${random.pick(FRAGMENTS)}`,
      build_environment: random.pick(ENVIRONMENTS),
      failed: random.chance(0.08),
    };
  }
}

function jobDocument(facts: Facts, number: number) {
  const status = facts.random(3, number).chance(0.97) ? 'PASS' : 'FAIL';
  return { ...facts.job(number), private: false, status, version: '1.1' };
}

function buildDocument(facts: Facts, number: number) {
  const { failed, ...build } = facts.build(number);
  const random = facts.random(4, number);
  const path = `${build.job}/${build.git_branch}/${build.kernel}/${build.arch}/${build.defconfig_full}`;
  return {
    ...build,
    status: failed ? 'FAIL' : 'PASS',
    errors: failed ? 1 + random.below(9) : 0,
    warnings: random.chance(0.4) ? random.below(40) : 0,
    build_time: random.below(90_000) / 100,
    build_type: 'kernel',
    build_platform: ['Linux', 'builder1', '3.16.0-4-amd64', 'x86_64'],
    dirname: null,
    build_log: 'build.log',
    build_log_size: 10_000 + random.below(90_000),
    kernel_config: 'kernel.config',
    kernel_config_size: 80_000 + random.below(40_000),
    kernel_image: failed ? null : 'zImage',
    kernel_image_size: failed ? null : 3_000_000 + random.below(9_000_000),
    modules: failed ? null : 'modules.tar.xz',
    modules_size: failed ? null : random.below(90_000_000),
    modules_dir: null,
    system_map: failed ? null : 'System.map',
    system_map_size: failed ? null : random.below(4_000_000),
    text_offset: '0x00080000',
    kconfig_fragments: '',
    dtb_dir: 'dtbs',
    dtb_dir_data: [],
    vmlinux_bss_size: random.below(900_000),
    vmlinux_data_size: random.below(900_000),
    vmlinux_file_size: null,
    vmlinux_text_size: random.below(9_000_000),
    file_server_url: 'https://storage.example.org',
    file_server_resource: path,
    metadata: {},
    version: '1.1',
  };
}

/** Boots are spread over all builds in their order. */
function bootDocument(facts: Facts, number: number, builds: number, boots: number) {
  const {
    failed: _failed,
    created_on: built,
    _id: buildId,
    ...build
  } = facts.build(Math.floor((number * builds) / boots));
  const { git_describe_v: _describe, kernel_version: _version, ...common } = build;
  const random = facts.random(5, number);
  const board = random.below(BOARDS);
  const status = random.chance(0.9) ? 'PASS' : random.pick(['FAIL', 'FAIL', 'OFFLINE', 'UNTRIED']);
  const created = built.$date + (3 + random.below(90)) * MINUTE;
  const lab = LABS[(board + random.below(3)) % LABS.length] as string;
  return {
    _id: { $oid: oid(created, 'cc', number) },
    created_on: { $date: created },
    ...common,
    build_id: buildId,
    board: `board-${board}`,
    board_instance: null,
    lab_name: lab,
    device_type: `type-${board % 90}`,
    mach: MACHS[board % MACHS.length],
    endian: 'little',
    boot_log: `boot-board-${board}.txt`,
    boot_log_html: `boot-board-${board}.html`,
    boot_result_description: status === 'FAIL' ? 'Kernel panic' : null,
    boot_job_id: String(100_000 + number),
    boot_job_url: `https://${lab}.example.org/job/${100_000 + number}`,
    bootloader: 'u-boot',
    chainloader: null,
    filesystem: 'ramdisk',
    dtb: `board-${board}.dtb`,
    dtb_append: 'False',
    initrd_addr: '0x88080000',
    load_addr: '0x80200000',
    fastboot: false,
    qemu: null,
    status,
    retries: random.chance(0.05) ? 1 + random.below(3) : 0,
    warnings: random.chance(0.2) ? random.below(30) : 0,
    time: { $date: random.below(120_000) },
    kernel_image: 'zImage',
    kernel_image_size: 3_000_000 + random.below(9_000_000),
    file_server_url: 'https://storage.example.org',
    metadata: {},
    version: '1.1',
  };
}

function* arrayText(name: string, count: number, document: (number: number) => object): Generator<string> {
  yield `"${name}": [`;
  for (let number = 0; number < count; number++) {
    yield `${number === 0 ? '\n' : ',\n'}${JSON.stringify(document(number))}`;
  }
  yield '\n]';
}

function* documentText(builds: number, boots: number, seed: number): Generator<string> {
  const jobs = Math.ceil(builds / BUILDS_OF_JOB);
  const facts = new Facts(seed, jobs);
  yield '{';
  yield* arrayText('job', jobs, (number) => jobDocument(facts, number));
  yield ',\n';
  yield* arrayText('build', builds, (number) => buildDocument(facts, number));
  yield ',\n';
  yield* arrayText('boot', boots, (number) => bootDocument(facts, number, builds, boots));
  yield '}\n';
}

const { values } = parseArgs({
  options: {
    builds: { type: 'string', default: '300000' },
    boots: { type: 'string', default: '900000' },
    seed: { type: 'string', default: '1' },
    out: { type: 'string' },
  },
});
await writeText(documentText(Number(values.builds), Number(values.boots), Number(values.seed)), values.out);
