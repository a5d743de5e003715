import type { BulkConnection } from '../../../core/import/bulk.js';
import type { Stage } from '../../../core/import/stage.js';
import type { LinkKind } from '../link-kind.js';
import { COLLECTIONS, type LINK_SETS } from './collections.js';
import {
  groupWorkflowJobs,
  labelPorts,
  nameWorkflowJobs,
  regroupOthers,
  timeRows,
  typeResourceLists,
} from './defaults.js';
import type { Links } from './links.js';
import {
  keepWork,
  numberRecords,
  settleReasons,
  settleResults,
  settleRunJobs,
  settleRuns,
  settleScheduled,
  writeCoreProjects,
} from './records.js';
import { checkUnique, freeUnique } from './unique.js';

/** What one import has collected. */
export interface Collected {
  readonly stages: Readonly<Record<LinkKind, Stage>>;
  readonly requests: Stage;
  readonly links: Readonly<Record<keyof typeof LINK_SETS, Links>>;
}

/** Columns that no two rows of a collection may share. */
const UNIQUE = [
  ['resourcetype', 'mimetype'],
  ['job', 'name'],
] as const;

/**
 * Writes everything that was collected, whose references are known to be good, and what follows from it; users are written
 * before.
 */
export async function settle(connection: BulkConnection, collected: Collected): Promise<void> {
  for (const [kind, column] of UNIQUE) await checkUnique(connection, COLLECTIONS[kind], column);
  await groupWorkflowJobs(connection);
  await timeRows(connection, Date.now() * 1000);
  await numberRecords(connection);
  await keepWork(connection);
  await writeCatalogue(connection, collected);
  await writeWorkflows(connection, collected);
  await writeResources(connection, collected);
  await writeRuns(connection, collected);
}

async function merge(stage: Stage): Promise<void> {
  await stage.compare();
  await stage.write();
}

async function writeCatalogue(connection: BulkConnection, { stages, links }: Collected): Promise<void> {
  for (const [kind, column] of UNIQUE) {
    await stages[kind].compare();
    await freeUnique(connection, COLLECTIONS[kind], column);
    await stages[kind].write();
  }
  await merge(stages.inputporttype);
  await merge(stages.outputporttype);
  await links.inputAccepted.merge();
  await links.outputAccepted.merge();
}

async function writeWorkflows(connection: BulkConnection, { stages, links }: Collected): Promise<void> {
  await writeCoreProjects(connection);
  await merge(stages.project);
  await links.members.merge();
  await merge(stages.workflow);
  await merge(stages.workflowjobgroup);
  await nameWorkflowJobs(connection);
  await merge(stages.workflowjob);
  await regroupOthers(connection);
  await labelPorts(connection);
  await merge(stages.inputport);
  await merge(stages.outputport);
  await merge(stages.connection);
}

async function writeResources(connection: BulkConnection, { stages, links }: Collected): Promise<void> {
  await merge(stages.resource);
  await typeResourceLists(connection);
  await merge(stages.resourcelist);
  await links.items.merge();
}

async function writeRuns(connection: BulkConnection, { stages, requests }: Collected): Promise<void> {
  await settleRuns(connection);
  await settleRunJobs(connection);
  await settleResults(connection);
  await merge(stages.input);
  await merge(stages.output);
  await settleScheduled(connection);
  await merge(stages.runjob);
  await settleReasons(connection);
  await merge(stages.workflowrun);
  await merge(requests);
}
