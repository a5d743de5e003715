import { KERNELCI_IMPORT } from '../../../src/systems/kernelci/import/index.js';
import { openImportDatabase, SHARED_TABLES, type ImportDatabase as Opened } from '../../support/import-database.js';

/** All tables that an import could touch, and what tells their rows' order. */
const TABLES = {
  ...SHARED_TABLES,
  kernelci_test_case: 'id',
  kernelci_test_regression: 'id',
  kernelci_build_log: 'id',
  kernelci_job_log: 'id',
  kernelci_statistics: 'id',
  kernelci_token: 'id',
  kernelci_lab: 'id',
} as const;

/** A migrated database with a store to look into it. */
export type ImportDatabase = Opened<keyof typeof TABLES>;

export function importDatabase(): Promise<ImportDatabase> {
  return openImportDatabase(KERNELCI_IMPORT, TABLES);
}

type Document = Record<string, unknown>;

/** A legacy id that says its collection and number. */
export function oid(collection: string, number: number): { readonly $oid: string } {
  return { $oid: `54b8e0dc${Buffer.from(collection.slice(0, 2)).toString('hex')}${String(number).padStart(12, '0')}` };
}

/** Milliseconds of a time, as documents show it. */
export function date(text: string): { readonly $date: number } {
  return { $date: Date.parse(text) };
}

const CREATED = date('2015-01-16T09:56:28.347Z');

export function job(number: number, more: object = {}): Document {
  const names = { job: 'next', kernel: `next-${number}`, git_branch: 'master' };
  return { _id: oid('job', number), created_on: CREATED, ...names, status: 'PASS', ...more };
}

/** A build of the job with the same number. */
export function build(number: number, more: object = {}): Document {
  return {
    _id: oid('build', number),
    created_on: CREATED,
    job: 'next',
    job_id: oid('job', number),
    kernel: `next-${number}`,
    git_branch: 'master',
    arch: 'arm64',
    defconfig: 'defconfig',
    status: 'PASS',
    ...more,
  };
}

/** A boot of the job and build with the same number. */
export function boot(number: number, more: object = {}): Document {
  return {
    ...build(number),
    _id: oid('kboot', number),
    build_id: oid('build', number),
    board: 'juno',
    lab_name: 'lab-x',
    ...more,
  };
}

export function group(number: number, more: object = {}): Document {
  return { _id: oid('group', number), created_on: CREATED, name: `group ${number}`, job: 'next', ...more };
}

/** A case of the group with a number. */
export function testCase(number: number, of: number, status: string, more: object = {}): Document {
  return { _id: oid('case', number), name: `case ${number}`, test_group_id: oid('group', of), status, ...more };
}

export function lab(number: number, more: object = {}): Document {
  const contact = { name: 'A', surname: 'B', email: 'a@example.org' };
  return { _id: oid('lab', number), created_on: CREATED, name: `lab-${number}`, contact, ...more };
}

export function token(number: number, more: object = {}): Document {
  const properties = [0, 0, 1, ...Array.from({ length: 13 }, () => 0)];
  return {
    _id: oid('token', number),
    created_on: CREATED,
    token: `a0000000-aaaa-4aaa-8aaa-${String(number).padStart(12, '0')}`,
    email: 'ci@example.org',
    properties,
    ...more,
  };
}
