import { isJsonObject } from '../../../../core/json.js';
import type { Principal } from '../../../../core/auth/principal.js';
import { hasAnyRole } from '../../../../core/auth/principal.js';
import { BuildgateError, isRefusal } from '../../../../core/errors.js';
import type { RunOperation, WholeResponse } from '../../../../server/dialect.js';
import { BOOT, BUILD, TEST_GROUP } from '../../fields.js';
import { answer } from '../answers.js';
import { bmetaBody } from './bmeta.js';
import { type Body, bodyOf, bodyWith, jsonOf, warned } from './body.js';
import { badRequest, refusal, type Write } from './refusal.js';
import { type Report, reportOf } from './report.js';
import { groupContent } from './test-group-body.js';
import { shown } from './values.js';

const NOTHING: ReadonlySet<string> = new Set();
/** Accepted and without a meaning: the state of a boot comes as `boot_result`. */
const IGNORED_OF_BOOTS: ReadonlySet<string> = new Set(['status', '_id']);

function accepted(warnings: readonly string[]): WholeResponse {
  return answer(202, { reason: 'Request accepted and being imported', ...warned(warnings) });
}

/**
 * Runs an import. What the report itself keeps from being stored is told to nobody, as the import of old ran after the
 * answer (contract kernelci sections 6.2, 6.3).
 */
async function imported(run: RunOperation, operation: string, input: object): Promise<void> {
  try {
    await run(operation, { input });
  } catch (error) {
    if (!(error instanceof BuildgateError) || error.code !== 'INVALID') throw error;
  }
}

/** POST of a build, in either shape (section 6.2). */
export const submitBuild: Write = async (request, run) => {
  const value = jsonOf(request);
  const body = isJsonObject(value) && Object.hasOwn(value, 'bmeta') ? bmetaBody(value) : bodyWith(value, BUILD.body!);
  const { input, warnings, missing } = reportOf(BUILD, body, NOTHING);
  // The name of old for the full one.
  const named = { compilerVersionExt: input['compilerVersionFull'] ?? null, ...input };
  if (missing.length === 0) await imported(run, 'KernelciSubmitBuild', named);
  return accepted(warnings);
};

const ADMIN_WARNING = 'Using an admin token to send boot reports: use the lab token';

/** POST of a boot report (section 6.3): the lab is looked at after the keys and before all else. */
export const submitBoot: Write = async (request, run) => {
  const body = bodyOf(request, BOOT.body!);
  const { input, warnings, missing } = reportOf(BOOT, body, IGNORED_OF_BOOTS);
  try {
    await imported(run, 'KernelciSubmitBoot', { version: '1.1', ...input, ...nothingToStore(missing) });
  } catch (error) {
    throw isLabRefusal(error) ? labRefusal(body) : error;
  }
  return accepted([...(isAdmin(request.principal) ? [ADMIN_WARNING] : []), ...warnings]);
};

/** Blank texts for what is missing. Only the lab is looked at then: without a name of its board no boot is stored. */
function nothingToStore(missing: Report['missing']): Record<string, string> {
  const needed = missing.filter(({ name }) => name !== 'version').map(({ graphql }) => graphql);
  return needed.length === 0 ? {} : Object.fromEntries([...needed, 'board'].map((name) => [name, '']));
}

function isLabRefusal(error: unknown): boolean {
  return isRefusal(error, 'FORBIDDEN') && error.details['field'] === 'labName';
}

function labRefusal({ members }: Body): Error {
  const lab = shown(members.get('lab_name'));
  return refusal(403, {
    reason: `Provided authentication token is not associated with lab '${lab}' or is not valid`,
  });
}

function isAdmin(principal: Principal): boolean {
  return hasAnyRole(principal, ['kernelci/admin']);
}

/** Test cases and groups come under these keys and are read apart. */
const CONTENT: ReadonlySet<string> = new Set(['test_cases', 'sub_groups']);

/** POST of a test group (section 6.8). */
export const submitTestGroup: Write = async (request, run) => {
  const body = bodyOf(request, TEST_GROUP.body!);
  const report = reportOf(TEST_GROUP, body, CONTENT);
  requireAll(report);
  const content = groupContent(body.members);
  const id = await groupId(run, { ...report.input, ...content });
  const reason = `Test group '${shown(body.members.get('name'))}' created`;
  const location = `${request.prefix}/test/group/${id}`;
  return answer(201, { result: [{ _id: { $oid: id } }], reason, ...warned(report.warnings) }, { Location: location });
};

function requireAll({ missing }: Report): void {
  const names = missing.map(({ name }) => name);
  if (names.includes('name')) throw badRequest(NAME_REFUSAL);
  if (names.length > 0) throw badRequest(`Test group not valid: no value for ${names.join(', ')}`);
}

const NAME_REFUSAL = 'Test group name not valid';

async function groupId(run: RunOperation, input: object): Promise<string> {
  try {
    const { group } = await run<{ group: { legacyId: string } }>('KernelciSubmitTestGroup', { input });
    return group.legacyId;
  } catch (error) {
    const isName = isRefusal(error, 'INVALID') && error.details['field'] === 'name';
    throw isName ? badRequest(NAME_REFUSAL) : error;
  }
}
