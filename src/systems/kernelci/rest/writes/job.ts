import { isRefusal } from '../../../../core/errors.js';
import type { RunOperation } from '../../../../server/dialect.js';
import { JOB } from '../../fields.js';
import { BUILD_STATUSES } from '../../states.js';
import { answer } from '../answers.js';
import { bodyOf, pythonList, warned } from './body.js';
import { badRequest, refusal, type Write } from './refusal.js';
import { shown } from './values.js';

const LOCAL = /^local\//;

/** POST of a job: sets its state (contract kernelci section 6.1). */
export const setJobStatus: Write = async (request, run) => {
  const { members, warnings } = bodyOf(request, JOB.body!);
  const given = members.get('status') ?? '';
  const status = given === '' ? 'PASS' : given;
  if (!BUILD_STATUSES.some((known) => known === status)) {
    const wanted = pythonList(BUILD_STATUSES);
    throw badRequest(`Status value '${shown(status)}' is not valid, should be one of: ${wanted}`);
  }
  const [tree, kernel, branch] = ['job', 'kernel', 'git_branch'].map((key) => shown(members.get(key))) as [
    string,
    string,
    string,
  ];
  for (const gitBranch of new Set([branch, branch.replace(LOCAL, '')])) {
    if (!(await isSet(run, { tree, kernel, gitBranch, status }))) continue;
    const reason = `Job '${tree}-${kernel}' (branch ${gitBranch}) marked as '${shown(status)}'`;
    return answer(200, { reason, ...warned(warnings) });
  }
  throw refusal(404, { reason: `Job '${tree}-${kernel} (branch ${branch})' not found` });
};

/** Whether there is such a job; its state is set then. */
async function isSet(run: RunOperation, input: object): Promise<boolean> {
  try {
    await run('KernelciSetJobStatus', { input });
    return true;
  } catch (error) {
    if (isRefusal(error, 'NOT_FOUND')) return false;
    throw error;
  }
}
