import type { EntitySchema } from '@mikro-orm/core';
import { Kind, System } from '../../core/model/states.js';
import type { SystemDefinition } from '../system.js';
import { BUILDAPI_IMPORT } from './import/index.js';
import { JobService } from './job-service.js';
import { MasterService } from './master-service.js';
import { BuildapiAttemptRecord, BuildapiChangeRecord, BuildapiJobRecord, BuildapiRequestRecord } from './model.js';
import { BuildapiAgentResolver, BuildapiJobRequestResolver } from './mutations.js';
import { buildapiDialect } from './rest/routes.js';
import type { BuildapiRuntime } from './runtime.js';
import {
  BuildapiAttemptResolver,
  BuildapiChangeResolver,
  BuildapiJobResolver,
  BuildapiQueryResolver,
  BuildapiRequestResolver,
} from './schema.js';
import { BuildapiChange, BuildapiJob, BuildapiRequest } from './types.js';

/** Mozilla buildapi: pushes, build requests and job requests. */
export const buildapi: SystemDefinition = {
  system: System.BUILDAPI,
  name: 'buildapi',
  title: 'Mozilla buildapi',
  entities: [
    BuildapiChangeRecord,
    BuildapiRequestRecord,
    BuildapiJobRecord,
    BuildapiAttemptRecord,
  ] as unknown as EntitySchema[],
  schema: {
    resolvers: [
      BuildapiChangeResolver,
      BuildapiRequestResolver,
      BuildapiAttemptResolver,
      BuildapiJobResolver,
      BuildapiQueryResolver,
      BuildapiJobRequestResolver,
      BuildapiAgentResolver,
    ],
    types: [BuildapiChange, BuildapiRequest, BuildapiJob],
  },
  import: BUILDAPI_IMPORT,
  dialect: () => buildapiDialect(),
  start: ({ store }) => {
    const jobs = new JobService({ store, exchange: 'buildapi.control', awaitTaken: null, onLogged: () => undefined });
    const masters = new MasterService(store);
    const service: BuildapiRuntime = { jobs, masters };
    return {
      system: System.BUILDAPI,
      typeNames: { [Kind.EVENT]: 'BuildapiChange', [Kind.BUILD]: 'BuildapiRequest', [Kind.JOB]: 'BuildapiJob' },
      transitions: { [Kind.BUILD]: masters.transition },
      service,
      dialect: buildapiDialect(),
      exampleUri: '/self-serve/branches?format=json',
      onMessage: () => undefined,
      onDatabase: () => undefined,
    };
  },
};
