import type { EntitySchema } from '@mikro-orm/core';
import { Kind, System } from '../../core/model/states.js';
import type { SystemDefinition } from '../system.js';
import { FRESHMAKER_EXPORT } from './export/index.js';
import { FRESHMAKER_IMPORT } from './import/index.js';
import { freshmakerMetrics } from './metrics.js';
import { FreshmakerBuildRecord, FreshmakerEventRecord } from './model.js';
import { FreshmakerRequestResolver, FreshmakerWorkerResolver } from './mutations.js';
import { freshmakerDialect } from './rest/routes.js';
import type { FreshmakerRuntime } from './runtime.js';
import { FreshmakerBuildResolver, FreshmakerEventResolver, FreshmakerQueryResolver } from './schema.js';
import { RequestService } from './service.js';
import { Transitions } from './transitions.js';
import { FreshmakerBuild, FreshmakerEvent } from './types.js';
import { WorkerService } from './worker-service.js';

/** Freshmaker: rebuild events and artifact builds. */
export const freshmaker: SystemDefinition = {
  system: System.FRESHMAKER,
  name: 'freshmaker',
  title: 'Freshmaker',
  entities: [FreshmakerEventRecord, FreshmakerBuildRecord] as unknown as EntitySchema[],
  schema: {
    resolvers: [
      FreshmakerEventResolver,
      FreshmakerBuildResolver,
      FreshmakerQueryResolver,
      FreshmakerRequestResolver,
      FreshmakerWorkerResolver,
    ],
    types: [FreshmakerEvent, FreshmakerBuild],
  },
  import: FRESHMAKER_IMPORT,
  export: FRESHMAKER_EXPORT,
  dialect: () => freshmakerDialect(freshmakerMetrics()),
  start: ({ config, store, mountPrefix }) => {
    const metrics = freshmakerMetrics();
    const { topicPrefix, authBackend, unpublishedExceptions } = config.freshmaker;
    const transitions = new Transitions({ topicPrefix, mountPrefix, metrics });
    const requests = new RequestService(store, transitions);
    const workers = new WorkerService(store, requests, transitions);
    const service: FreshmakerRuntime = { requests, workers, authBackend, unpublishedExceptions };
    const incidents = { connect: 'engine_connect', error: 'handle_error', rollback: 'transaction_rollback' } as const;
    return {
      system: System.FRESHMAKER,
      typeNames: { [Kind.EVENT]: 'FreshmakerEvent', [Kind.BUILD]: 'FreshmakerBuild' },
      transitions: { [Kind.EVENT]: transitions.event, [Kind.BUILD]: transitions.build },
      service,
      dialect: freshmakerDialect(metrics),
      exampleUri: '/api/2/events/',
      onMessage: (outcome) => metrics.countMessage(outcome === 'sent' ? 'tx_sent_ok' : 'tx_failed'),
      onDatabase: (incident) => metrics.countDatabase(incidents[incident]),
    };
  },
};
