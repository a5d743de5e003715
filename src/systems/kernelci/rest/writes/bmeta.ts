import { isJsonObject } from '../../../../core/json.js';
import type { Body } from './body.js';
import { bodyWith } from './body.js';
import { unfit } from './refusal.js';

type JsonObject = Readonly<Record<string, unknown>>;

const KEYS = { mandatory: ['bmeta', 'steps', 'artifacts'], accepted: [] };

/**
 * A build as kernelci-core describes it since 2021, in the keys of a classic body (contract kernelci section 6.2, bmeta).
 * @throws Refusal 400 naming the first fault
 */
export function bmetaBody(value: JsonObject): Body {
  const { members, warnings } = bodyWith(value, KEYS);
  const bmeta = objectAt('bmeta', members.get('bmeta'));
  const described = describedBuild(bmeta);
  checkSteps(members.get('steps'));
  const built = artifactsOf(members.get('artifacts'));
  return { members: new Map(Object.entries({ ...described, ...builtFiles(built) })), warnings };
}

/** Members of the revision, environment, kernel and build. */
function describedBuild(bmeta: JsonObject): JsonObject {
  const [build, environment, kernel, revision] = ['build', 'environment', 'kernel', 'revision'].map((name) =>
    partOf(bmeta, name),
  ) as [Part, Part, Part, Part];
  const describe = revision.text('describe');
  const compiler = environment.text('compiler_version_full');
  return {
    status: build.oneOf('status', RESULTS),
    build_time: build.optional('duration'),
    build_environment: environment.text('name'),
    arch: environment.text('arch'),
    compiler: environment.optional('compiler'),
    compiler_version: environment.optional('compiler_version'),
    compiler_version_full: compiler,
    cross_compile: environment.optional('cross_compile'),
    build_platform: unameOf(environment.optional('platform')),
    defconfig: kernel.text('defconfig'),
    defconfig_full: kernel.text('defconfig_full'),
    file_server_resource: kernel.text('publish_path'),
    ...Object.fromEntries(KERNEL_MEMBERS.map((name) => [name, kernel.optional(name)])),
    git_branch: revision.text('branch'),
    git_commit: revision.matching('commit', COMMIT, '40 lower-case hexadecimal digits'),
    git_describe: describe,
    kernel: describe,
    job: revision.text('tree'),
    git_url: revision.text('url'),
    git_describe_v: revision.optional('describe_verbose'),
  };
}

const RESULTS = ['PASS', 'FAIL'];
const COMMIT = /^[0-9a-f]{40}$/;
const KERNEL_MEMBERS = [
  'text_offset',
  'vmlinux_bss_size',
  'vmlinux_data_size',
  'vmlinux_file_size',
  'vmlinux_text_size',
];

/** One of the objects of a description, with the names of its members for faults. */
class Part {
  constructor(
    private readonly path: string,
    private readonly members: JsonObject,
  ) {}

  optional(name: string): unknown {
    return Object.hasOwn(this.members, name) ? this.members[name] : null;
  }

  text(name: string): string {
    const value = this.optional(name);
    if (typeof value !== 'string') throw unfit(`${this.path}.${name}: must be text`);
    return value;
  }

  oneOf(name: string, values: readonly string[]): string {
    const value = this.text(name);
    if (!values.includes(value)) throw unfit(`${this.path}.${name}: must be one of ${values.join(', ')}`);
    return value;
  }

  matching(name: string, pattern: RegExp, wanted: string): string {
    const value = this.text(name);
    if (!pattern.test(value)) throw unfit(`${this.path}.${name}: must be ${wanted}`);
    return value;
  }
}

function objectAt(path: string, value: unknown): JsonObject {
  if (!isJsonObject(value)) throw unfit(`${path}: must be an object`);
  return value;
}

function listAt(path: string, value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw unfit(`${path}: must be a list`);
  return value;
}

function partOf(bmeta: JsonObject, name: string): Part {
  const path = `bmeta.${name}`;
  return new Part(path, objectAt(path, Object.hasOwn(bmeta, name) ? bmeta[name] : undefined));
}

/** What `uname` says, when it is told in the usual way. */
function unameOf(platform: unknown): unknown {
  return isJsonObject(platform) && Object.hasOwn(platform, 'uname') ? platform['uname'] : null;
}

function checkSteps(value: unknown): void {
  const steps = listAt('steps', value);
  if (steps.length === 0) throw unfit('steps: must have at least one');
  for (const [index, step] of steps.entries()) {
    const path = `steps[${index}]`;
    const part = new Part(path, objectAt(path, step));
    part.text('name');
    part.oneOf('status', RESULTS);
  }
}

/** A file that was built. */
interface Artifact {
  readonly type: string;
  readonly path: string;
  readonly key: unknown;
  readonly contents: unknown;
}

const ARTIFACT_TYPES = ['file', 'directory', 'tarball'];

/** The artifacts by the step that made them. */
function artifactsOf(value: unknown): ReadonlyMap<string, readonly Artifact[]> {
  const steps = new Map(
    Object.entries(objectAt('artifacts', value)).map(([step, entries]) => [
      step,
      listAt(`artifacts.${step}`, entries).map((entry, index) => artifactAt(`artifacts.${step}[${index}]`, entry)),
    ]),
  );
  if (!steps.has('kernel')) throw unfit('artifacts.kernel: must be a list');
  return steps;
}

function artifactAt(path: string, value: unknown): Artifact {
  const part = new Part(path, objectAt(path, value));
  return {
    type: part.oneOf('type', ARTIFACT_TYPES),
    path: part.text('path'),
    key: part.optional('key'),
    contents: part.optional('contents'),
  };
}

/** Members that name files. */
function builtFiles(steps: ReadonlyMap<string, readonly Artifact[]>): JsonObject {
  const find = (step: string, fits: (artifact: Artifact) => boolean): Artifact | undefined =>
    steps.get(step)?.find(fits);
  const pathOf = (step: string, key: string): string | null =>
    find(step, (artifact) => artifact.key === key)?.path ?? null;
  const dtbs = find('dtbs', ({ type }) => type === 'directory');
  return {
    kernel_image: pathOf('kernel', 'image'),
    system_map: pathOf('kernel', 'system_map'),
    kernel_config: pathOf('config', 'config'),
    modules: find('modules', ({ type }) => type === 'tarball')?.path ?? null,
    dtb_dir: dtbs ? 'dtbs' : null,
    dtb_dir_data: dtbs?.contents ?? null,
    build_log: 'logs',
  };
}
