import type { Transaction } from '../../core/store/transaction.js';
import type { ActionName, ActionParameters, Outcome } from './actions.js';
import { newBuild, newBuildForBuilder, newBuilds, rebuildBuild, rebuildRequest, type Requested } from './building.js';
import { cancelBuild, cancelRequest, cancelRevision } from './cancelling.js';
import { internalId, lockRequest } from './records.js';

type Run<Name extends ActionName> = (requested: Requested, what: ActionParameters[Name]) => Promise<Outcome>;

const RUNS: { readonly [Name in ActionName]: Run<Name> } = {
  reprioritize: ({ transaction }, what) => reprioritize(transaction, what),
  cancel_request: ({ transaction }, { brid }) => cancelRequest(transaction, brid),
  cancel_build: ({ transaction }, { bid }) => cancelBuild(transaction, bid),
  cancel_revision: ({ transaction }, { branch, revision }) => cancelRevision(transaction, branch, revision),
  rebuild_build: rebuildBuild,
  rebuild_request: rebuildRequest,
  new_build_at_revision: newBuild,
  new_pgobuild_at_revision: (requested, what) => newBuilds(requested, 'pgo-build', what),
  new_nightly_at_revision: (requested, what) => newBuilds(requested, 'nightly', what),
  new_build_for_builder: newBuildForBuilder,
};

/** Whether an agent knows an action of this name. */
export function isActionName(name: unknown): name is ActionName {
  return typeof name === 'string' && Object.hasOwn(RUNS, name);
}

/**
 * Does to the gateway's own data what a job asks for (contract buildapi, section 7.4); gives what the agent says of it.
 * @param what its parameters, as they were logged for that action
 */
export function runAction(requested: Requested, action: string, what: unknown): Promise<Outcome> {
  if (!isActionName(action)) throw new Error(`No agent knows the action ${action}.`);
  const run = RUNS[action] as Run<ActionName>;
  return run(requested, what as ActionParameters[ActionName]);
}

async function reprioritize(
  transaction: Transaction,
  { brid, priority }: ActionParameters['reprioritize'],
): Promise<Outcome> {
  const request = await lockRequest(transaction, internalId(brid));
  if (!request) return { errors: true, msg: 'No request with that id' };
  if (request.legacyState === 'complete') return { errors: false, msg: 'Request is complete, nothing to do' };
  request.priority = priority;
  return { errors: false, msg: 'Ok' };
}
