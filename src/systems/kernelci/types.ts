import { Field, ObjectType } from 'type-graphql';
import { DateTime } from '../../core/graphql/scalars.js';
import {
  BuildInterface,
  connectionType,
  EventInterface,
  JobInterface,
  NodeInterface,
  type TypeClass,
} from '../../core/graphql/types.js';

/**
 * GraphQL types of Kernel CI (contract kernelci, sections 4 and 10). Members of documents are added to them by
 * `document-resolvers.ts`, from the declared fields.
 */

@ObjectType('KernelciJob', {
  implements: [EventInterface, NodeInterface],
  description: 'A job of Kernel CI: one tree, kernel and branch.',
})
export class KernelciJob extends EventInterface {}

@ObjectType('KernelciBuild', {
  implements: [BuildInterface, NodeInterface],
  description: 'A build of a kernel, with one configuration for one architecture.',
})
export class KernelciBuild extends BuildInterface {}

@ObjectType('KernelciBoot', {
  implements: [JobInterface, NodeInterface],
  description: 'A report of one boot of a kernel on a board in a lab.',
})
export class KernelciBoot extends JobInterface {}

@ObjectType('KernelciTestGroup', {
  implements: [JobInterface, NodeInterface],
  description: 'A group of tests that ran on a device in a lab.',
})
export class KernelciTestGroup extends JobInterface {}

/** A type of which the database keeps documents and no states. */
function documentType(name: string, description: string): new () => object {
  @ObjectType(name, { description })
  class DocumentType {
    @Field(() => String, { description: 'Legacy id, 24 hexadecimal digits.' })
    legacyId!: string;

    @Field(() => DateTime, { description: 'When it was recorded.' })
    createdAt!: number;
  }
  return DocumentType;
}

/** A test case. */
export const KernelciTestCase = documentType('KernelciTestCase', 'The result of one test.');
/** A chain of results. */
export const KernelciTestRegression = documentType('KernelciTestRegression', 'Results of one test that got worse.');
/** Lines of the log of a build. */
export const KernelciBuildLog = documentType('KernelciBuildLog', 'Error and warning lines of one build.');
/** Lines of the logs of a job. */
export const KernelciJobLog = documentType(
  'KernelciJobLog',
  'Error and warning lines of the builds of one job, each with how often it occurs.',
);
/** Daily counters. */
export const KernelciStatistics = documentType('KernelciStatistics', 'Counters of one day.');
/** A lab. */
export const KernelciLab = documentType('KernelciLab', 'A lab that sends boot reports.');
/** A token. */
export const KernelciToken = documentType('KernelciToken', 'A token that lets somebody use the old API.');

/** Pages of the lists that only this system has. */
export const KERNELCI_CONNECTIONS = {
  testCases: connectionType(() => KernelciTestCase, 'KernelciTestCase'),
  testRegressions: connectionType(() => KernelciTestRegression, 'KernelciTestRegression'),
  buildLogs: connectionType(() => KernelciBuildLog, 'KernelciBuildLog'),
  jobLogs: connectionType(() => KernelciJobLog, 'KernelciJobLog'),
  statistics: connectionType(() => KernelciStatistics, 'KernelciStatistics'),
  labs: connectionType(() => KernelciLab, 'KernelciLab'),
  tokens: connectionType(() => KernelciToken, 'KernelciToken'),
} satisfies Record<string, TypeClass>;

@ObjectType('KernelciQuery', { simpleResolvers: true, description: 'What only Kernel CI has.' })
export class KernelciQuery {}
