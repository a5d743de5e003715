import { Kind, System } from '../../core/model/states.js';
import type { SystemDefinition } from '../system.js';
import { KernelciLabVerbResolver, KernelciTokenVerbResolver } from './access-mutations.js';
import { DeletionService } from './deletion-service.js';
import { DOCUMENT_RESOLVERS } from './document-resolvers.js';
import { KERNELCI_EXPORT } from './export/index.js';
import { KERNELCI_IMPORT } from './import/index.js';
import { LabService } from './lab-service.js';
import { KernelciCollection } from './lists.js';
import { KernelciDeletionResolver, KernelciReportResolver } from './mutations.js';
import { tagsOf, type KernelciJobRow } from './reads.js';
import { ReportService } from './report-service.js';
import { kernelciDialect } from './rest/routes.js';
import type { KernelciRuntime } from './runtime.js';
import { KernelciLabResolver, KernelciQueryResolver, KernelciTokenResolver } from './schema.js';
import { TokenService } from './token-service.js';
import { KernelciBoot, KernelciBuild, KernelciJob, KernelciTestGroup } from './types.js';
import { KernelciValuesResolver } from './values.js';

/** Kernel CI's backend: jobs, builds, boots and test groups. */
export const kernelci: SystemDefinition = {
  system: System.KERNELCI,
  name: 'kernelci',
  title: 'Kernel CI',
  // Rows are written from documents, as `records.ts` says; no entity is read or changed.
  entities: [],
  schema: {
    resolvers: [
      KernelciQueryResolver,
      KernelciValuesResolver,
      KernelciLabResolver,
      KernelciTokenResolver,
      KernelciReportResolver,
      KernelciDeletionResolver,
      KernelciLabVerbResolver,
      KernelciTokenVerbResolver,
      ...DOCUMENT_RESOLVERS,
    ],
    types: [KernelciJob, KernelciBuild, KernelciBoot, KernelciTestGroup],
  },
  import: KERNELCI_IMPORT,
  export: KERNELCI_EXPORT,
  dialect: () => kernelciDialect(),
  start: ({ config, store, secrets, authenticator }) => {
    const { mode } = config.auth;
    const tokens = new TokenService({ store, secrets, authenticator, mode });
    const service: KernelciRuntime = {
      reports: new ReportService(store),
      deletions: new DeletionService(store),
      labs: new LabService(store, tokens),
      tokens,
    };
    return {
      system: System.KERNELCI,
      typeNames: {
        [Kind.EVENT]: 'KernelciJob',
        [Kind.BUILD]: 'KernelciBuild',
        [Kind.JOB]: (row) =>
          (row as KernelciJobRow).collection === KernelciCollection.TEST_GROUP ? 'KernelciTestGroup' : 'KernelciBoot',
      },
      transitions: {},
      tags: { [Kind.EVENT]: tagsOf('event'), [Kind.BUILD]: tagsOf('build'), [Kind.JOB]: tagsOf('job') },
      service,
      dialect: kernelciDialect({ identify: (authorization, caller) => tokens.identify(authorization, caller) }),
      exampleUri: '/version',
    };
  },
};
