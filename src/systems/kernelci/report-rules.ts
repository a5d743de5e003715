import { BuildgateError } from '../../core/errors.js';
import type { KernelciDocument } from './documents.js';
import { BUILD, fieldOf, type Collection } from './fields.js';
import { words } from './vocabulary.js';
import { BOOT_STATUSES, BUILD_STATUSES, UNKNOWN_STATUS } from './states.js';

/** What reports are completed with, and which of them are not stored (contract kernelci, sections 6.2 and 6.3). */

const COMPILER = 'compiler compiler_version compiler_version_ext compiler_version_full cross_compile';
/** What a job takes over from the first build that knows it. */
export const JOB_FROM_BUILD = words(`git_commit git_describe git_describe_v git_url kernel_version ${COMPILER}`);
/** What a report of a lab takes over from its build when it does not say it itself. */
export const BOOT_FROM_BUILD = words(`git_commit git_describe git_url ${COMPILER}`);

/** What documents have where nothing was reported; everything else is null. */
const DEFAULTS: Readonly<Partial<Record<Collection['name'], KernelciDocument>>> = {
  job: { private: false, status: 'BUILD', version: '1.1' },
  build: {
    status: UNKNOWN_STATUS,
    errors: 0,
    warnings: 0,
    build_time: 0,
    build_type: 'kernel',
    build_platform: [],
    dtb_dir_data: [],
    metadata: {},
    version: '1.1',
  },
  boot: { status: UNKNOWN_STATUS, retries: 0, warnings: 0, metadata: {} },
  test_group: { sub_groups: [], test_cases: [], metadata: {}, version: '1.1' },
};

const LOCAL = /^local\//;
const KERNEL_NAME = /^[A-Za-z0-9](?:[A-Za-z0-9.\-_+=]*[A-Za-z0-9])?$/;
const KERNEL_VERSION = /^v?(\d+\.\d+(?:\.\d+)?(?:-rc\d+)?)/;
const MEANINGLESS: ReadonlySet<string> = new Set(['', 'null', 'none']);

/** The whole document of a collection: every member, in the order of the contract. */
export function completed(collection: Collection, members: KernelciDocument): KernelciDocument {
  const defaults = DEFAULTS[collection.name] ?? {};
  const document = Object.fromEntries(
    collection.fields.map(({ name }) => [name, members[name] ?? defaults[name] ?? null]),
  );
  if (fieldOf(collection, 'defconfig_full') && document['defconfig_full'] === null)
    document['defconfig_full'] = document['defconfig'] ?? null;
  if (collection.name !== 'boot') return document;
  return { ...document, time: durationOf(members['time']), status: knownStatus(BOOT_STATUSES, members['status']) };
}

/** The state that was reported; UNKNOWN for one that there is not. */
function knownStatus(statuses: readonly string[], reported: unknown): string {
  return statuses.find((status) => status === reported) ?? UNKNOWN_STATUS;
}

/** A duration that was not measured is 0. */
function durationOf(value: unknown): { $date: number } {
  const { $date = 0 } = (value ?? {}) as { $date?: number };
  return { $date: $date > 0 ? Math.round($date) : 0 };
}

/** Members of a document under the same names; null for those that it lacks. */
export function copied(document: KernelciDocument, names: readonly string[]): KernelciDocument {
  return Object.fromEntries(names.map((name) => [name, document[name] ?? null]));
}

/** The document of a reported build, but for its ids. */
export function buildDocument(members: KernelciDocument): KernelciDocument {
  const document = completed(BUILD, { ...members, status: knownStatus(BUILD_STATUSES, members['status']) });
  const version = versionOf(document['git_describe_v']) ?? versionOf(document['git_describe']);
  const branch = String(document['git_branch']).replace(LOCAL, '');
  return { ...document, git_branch: branch, kernel_version: version ?? document['kernel_version'] };
}

/** `3.19-rc4` of `v3.19-rc4-4321-g0f1e2d3`. */
function versionOf(describe: unknown): string | null {
  return typeof describe === 'string' ? (KERNEL_VERSION.exec(describe)?.[1] ?? null) : null;
}

/** @throws BuildgateError INVALID when a tree or a kernel cannot be called so */
export function requireKernelName(field: string, name: unknown): void {
  if (typeof name === 'string' && KERNEL_NAME.test(name)) return;
  throw new BuildgateError('INVALID', `${field}: must be letters, digits and . - _ + = between letters or digits.`, {
    field,
  });
}

/** Members without which a boot report says nothing, by their names in GraphQL. */
const NEEDED = { board: 'board', defconfig: 'defconfig', job: 'tree', kernel: 'kernel' };

/** @throws BuildgateError INVALID when a boot report does not say what was booted */
export function requireMeaning(members: KernelciDocument): void {
  for (const [name, field] of Object.entries(NEEDED)) {
    const value = members[name];
    if (typeof value === 'string' && !MEANINGLESS.has(value.trim().toLowerCase())) continue;
    throw new BuildgateError('INVALID', `${field}: must be a name.`, { field });
  }
}
