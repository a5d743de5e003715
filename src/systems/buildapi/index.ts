import type { EntitySchema } from '@mikro-orm/core';
import { Kind, System } from '../../core/model/states.js';
import type { SystemDefinition } from '../system.js';
import { EmbeddedAgent } from './agent.js';
import { carryOutForAgent } from './carrying-out.js';
import { finishedMessages } from './finished-messages.js';
import { BUILDAPI_EXPORT } from './export/index.js';
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
  export: BUILDAPI_EXPORT,
  dialect: () => buildapiDialect(),
  start: ({ config, store, bus, taken, onError }) => {
    const { exchange, agentQueue, webQueue, sendTimeoutMs, timeZone, agent: whose } = config.buildapi;
    const agent = whose === 'embedded' ? new EmbeddedAgent({ store, timeZone, onError }) : null;
    const jobs = new JobService({
      store,
      exchange,
      awaitTaken: agent ? null : (message) => taken(message, sendTimeoutMs),
      onLogged: () => agent?.wake(),
      onError,
    });
    const masters = new MasterService(store);
    const work = async (): Promise<() => Promise<void>> => {
      agent?.start();
      // The bus inside the process must not keep messages for agents that can never come.
      if (!agent && config.broker.kind !== 'embedded') {
        await bus.declare(agentQueue, { exchange, routingKey: 'requests' });
      }
      const binding = { exchange, routingKey: 'finished' };
      const endConsuming = await bus.consume(webQueue, binding, finishedMessages(store, onError));
      return async () => {
        await Promise.all([endConsuming(), agent?.close()]);
      };
    };
    const service: BuildapiRuntime = {
      jobs,
      masters,
      carryOut: (principal, number) => carryOutForAgent({ store, timeZone, onError }, principal, number),
    };
    return {
      system: System.BUILDAPI,
      typeNames: { [Kind.EVENT]: 'BuildapiChange', [Kind.BUILD]: 'BuildapiRequest', [Kind.JOB]: 'BuildapiJob' },
      transitions: { [Kind.BUILD]: masters.transition, [Kind.JOB]: jobs.transition },
      service,
      work,
      dialect: buildapiDialect(config.buildapi),
      exampleUri: '/self-serve/branches?format=json',
    };
  },
};
