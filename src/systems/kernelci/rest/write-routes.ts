import type { BodyContent } from '../../../server/dialect-description.js';
import type { Route } from '../../../server/dialect.js';
import { type Address, ADDRESSES } from './addresses.js';
import { answer } from './answers.js';
import { BODIES } from './description.js';
import { BODY_LIMIT } from './json-body.js';
import { BOOT_DELETION_KEYS } from './keys.js';
import { deleteBoots, deleting, notOfLabs, withoutId } from './writes/deletions.js';
import { setJobStatus } from './writes/job.js';
import { createLab, updateLab } from './writes/labs.js';
import { refusing, type Write } from './writes/refusal.js';
import { submitBoot, submitBuild, submitTestGroup } from './writes/reports.js';
import { createToken, updateToken } from './writes/tokens.js';
import { upload, UPLOAD_LIMIT, uploadFile } from './writes/uploads.js';

/** Who may write jobs, builds and boots (contract kernelci section 7); whose boots, the schema says. */
const POSTERS = ['kernelci/post'];
const DELETERS = ['kernelci/delete'];
/** Who may write labs and tokens. */
const ADMINS = ['kernelci/admin'];
const INSIDERS = [...ADMINS, 'kernelci/superuser'];
const TESTERS = ['kernelci/test_lab', ...INSIDERS];
const UPLOADERS = ['kernelci/upload', ...INSIDERS];

/** What writes have in common: who may, what is said of them, what stands behind them, and what they do. */
interface Written {
  readonly access: readonly string[];
  readonly summary: string;
  /** Name of the stored operation; none where nothing is changed. */
  readonly operation?: string;
  readonly answers: Readonly<Record<number, string>>;
  readonly write: Write;
}

function json(content: BodyContent): NonNullable<Route['body']> {
  return { kind: 'bytes', limit: BODY_LIMIT, content };
}

const FILES = { kind: 'pieces', limit: UPLOAD_LIMIT } as const;

function route(method: string, at: Address, written: Written, body?: Route['body']): Route {
  const { access, summary, operation, answers, write } = written;
  const operations = operation === undefined ? [] : [operation];
  return { ...at, method, summary, operations, access, ...(body && { body }), answers, handle: refusing(write) };
}

const REFUSALS = { 400: 'Wrong keys or values', 403: 'Not allowed', 415: 'Not JSON', 422: 'Not JSON' };

const JOB_STATUS: Written = {
  access: POSTERS,
  summary: 'Set the state of a job',
  operation: 'KernelciSetJobStatus',
  answers: { 200: 'The state is set', ...REFUSALS, 404: 'There is no such job' },
  write: setJobStatus,
};

const BUILD_REPORT: Written = {
  access: POSTERS,
  summary: 'Report a build',
  operation: 'KernelciSubmitBuild',
  answers: { 202: 'Accepted', ...REFUSALS },
  write: submitBuild,
};

const BOOT_REPORT: Written = {
  access: POSTERS,
  summary: 'Report a boot',
  operation: 'KernelciSubmitBoot',
  answers: { 202: 'Accepted', ...REFUSALS },
  write: submitBoot,
};

const TEST_REPORT: Written = {
  access: TESTERS,
  summary: 'Report a test group with its test cases',
  operation: 'KernelciSubmitTestGroup',
  answers: { 201: 'The test group is there', ...REFUSALS },
  write: submitTestGroup,
};

/** POST of reports; a URI with an id takes them as that without. */
function reportRoutes(): Route[] {
  const { jobs, job, builds, build, boots, boot, tests, testGroups } = ADDRESSES;
  const posted: readonly (readonly [Written, BodyContent, readonly Address[]])[] = [
    [JOB_STATUS, BODIES.job, [jobs, job]],
    [BUILD_REPORT, BODIES.build, [builds, build]],
    [BOOT_REPORT, BODIES.boot, [boots, boot]],
    [TEST_REPORT, BODIES.testGroup, [tests, testGroups]],
  ];
  return posted.flatMap(([written, body, addresses]) => addresses.map((at) => route('POST', at, written, json(body))));
}

const DELETED = { 200: 'Deleted', 400: 'Not an id', 403: 'Not allowed', 404: 'There is none' };

/** DELETE of one document. */
function deletion(summary: string, access: readonly string[], operation: string, write: Write): Written {
  return { access, summary, operation, answers: DELETED, write };
}

/** DELETE without the id that it needs. */
function nothing(access: readonly string[], write: Write): Written {
  return { access, summary: 'Refused: an id is needed', answers: { 400: 'No id', 403: 'Not allowed' }, write };
}

const NO_ID = withoutId('No ID value specified');

const deleteJob = deleting({
  operation: 'KernelciDeleteJob',
  wrongId: () => 'Wrong ID specified',
  notFound: 'Resource not found',
});
const deleteBuild = deleting({ operation: 'KernelciDeleteBuild', wrongId: () => 'Wrong ID specified' });
const deleteBoot = deleting({
  operation: 'KernelciDeleteBoot',
  wrongId: () => 'Wrong ID value passed as object ID',
});

const BOOT_DELETION: Written = {
  access: DELETERS,
  summary: 'Delete all boot reports that match',
  operation: 'KernelciDeleteBoots',
  answers: { 200: 'Deleted, if there were any', 400: 'No key to go by', 403: 'Not allowed' },
  write: deleteBoots,
};

/** DELETE of jobs, builds and boots (section 6.4). */
function deletionRoutes(): Route[] {
  const { jobs, job, builds, build, boots, boot } = ADDRESSES;
  const ofJob = deletion('Delete a job and its builds', DELETERS, 'KernelciDeleteJob', notOfLabs(deleteJob));
  const ofBuild = deletion('Delete a build', DELETERS, 'KernelciDeleteBuild', notOfLabs(deleteBuild));
  return [
    ...[jobs, builds].map((at) => route('DELETE', at, nothing(DELETERS, notOfLabs(NO_ID)))),
    route('DELETE', job, ofJob),
    route('DELETE', build, ofBuild),
    route('DELETE', boot, deletion('Delete a boot report', DELETERS, 'KernelciDeleteBoot', deleteBoot)),
    {
      ...route('DELETE', boots, BOOT_DELETION),
      query: BOOT_DELETION_KEYS.map(({ name }) => ({ name, description: 'Exact value', repeatable: true })),
    },
  ];
}

const NEW_LAB: Written = {
  access: ADMINS,
  summary: 'Make a lab',
  operation: 'KernelciCreateLab',
  answers: { 201: 'The lab is there', ...REFUSALS },
  write: createLab,
};

const LAB_CHANGE: Written = {
  access: ADMINS,
  summary: 'Change a lab',
  operation: 'KernelciUpdateLab',
  answers: { 200: 'Changed, if anything was different', ...REFUSALS, 404: 'There is no such lab' },
  write: updateLab,
};

const deleteLab = deleting({ operation: 'KernelciDeleteLab', wrongId: () => 'Wrong or missing lab ID' });

/** Labs (section 6.5); what needs an id says so itself. */
function labRoutes(): Route[] {
  const removal = deletion('Delete a lab and its token', ADMINS, 'KernelciDeleteLab', deleteLab);
  return [ADDRESSES.labs, ADDRESSES.lab].flatMap((at) => [
    route('POST', at, NEW_LAB, json(BODIES.lab)),
    route('PUT', at, LAB_CHANGE, json(BODIES.lab)),
    route('DELETE', at, removal),
  ]);
}

const NEW_TOKEN: Written = {
  access: ADMINS,
  summary: 'Make a token',
  operation: 'KernelciCreateToken',
  answers: { 201: 'The token is there', ...REFUSALS },
  write: createToken,
};

const TOKEN_CHANGE: Written = {
  access: ADMINS,
  summary: 'Change a token, by its id',
  operation: 'KernelciUpdateToken',
  answers: { 200: 'Changed', ...REFUSALS, 404: 'There is no such token' },
  write: updateToken,
};

const deleteToken = deleting({
  operation: 'KernelciDeleteToken',
  parameter: 'value',
  wrongId: (id) => `Wrong ID value '${id}' passed`,
});

/** Tokens (section 6.6). */
function tokenRoutes(): Route[] {
  const { tokens, token } = ADDRESSES;
  return [
    ...[tokens, token].flatMap((at) => [
      route('POST', at, NEW_TOKEN, json(BODIES.token)),
      route('PUT', at, TOKEN_CHANGE, json(BODIES.token)),
    ]),
    route('DELETE', tokens, nothing(ADMINS, NO_ID)),
    route('DELETE', token, deletion('Delete a token, by its id', ADMINS, 'KernelciDeleteToken', deleteToken)),
  ];
}

const UPLOAD: Written = {
  access: UPLOADERS,
  summary: 'Take files and forget them',
  answers: { 200: 'Taken', 400: 'No files, or no place for them', 403: 'Not allowed', 415: 'Not multipart' },
  write: upload,
};

const FILE_UPLOAD: Written = {
  access: UPLOADERS,
  summary: 'Take a file and forget it',
  answers: { 201: 'Taken', 400: 'No path', 403: 'Not allowed' },
  write: uploadFile,
};

const NO_FILES: Written = {
  access: INSIDERS,
  summary: 'Not implemented',
  answers: { 403: 'Not allowed', 501: 'Not implemented' },
  write: () => Promise.resolve(answer(501)),
};

/** Files (section 6.8). */
function uploadRoutes(): Route[] {
  return [ADDRESSES.upload, ADDRESSES.uploadFile].flatMap((at) => [
    route('POST', at, UPLOAD, FILES),
    route('PUT', at, FILE_UPLOAD, FILES),
    ...['GET', 'DELETE'].map((method) => route(method, at, NO_FILES)),
  ]);
}

/** Everything that writes. */
export function writeRoutes(): Route[] {
  return [...reportRoutes(), ...deletionRoutes(), ...labRoutes(), ...tokenRoutes(), ...uploadRoutes()];
}
