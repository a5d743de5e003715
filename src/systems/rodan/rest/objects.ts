import { notFound } from './answers.js';
import type { Exchange } from './exchange.js';

/** Stored operations that read one object by its `$uuid`, if the caller may view it. */
export type ObjectOperation =
  | 'RodanProject'
  | 'RodanProjectRights'
  | 'RodanWorkflow'
  | 'RodanExport'
  | 'RodanWorkflowJob'
  | 'RodanWorkflowJobGroup'
  | 'RodanWorkflowRun'
  | 'RodanRunJob'
  | 'RodanJob'
  | 'RodanConnection'
  | 'RodanOutputPortType'
  | 'RodanOutputPort'
  | 'RodanInputPortType'
  | 'RodanInputPort'
  | 'RodanResource'
  | 'RodanResourceList'
  | 'RodanResourceType'
  | 'RodanOutput'
  | 'RodanInput';

/** The object of the URI. @throws BuildgateError NOT_FOUND when the caller may not view it, too */
export async function requireOne<Shown>(operation: ObjectOperation, { run, id }: Exchange): Promise<Shown> {
  const { one } = (await run<{ rodan: { one: Shown | null } }>(operation, { uuid: id })).rodan;
  if (one === null) throw notFound();
  return one;
}
