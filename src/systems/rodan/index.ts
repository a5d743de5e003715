import { Kind, System } from '../../core/model/states.js';
import type { SystemDefinition } from '../system.js';
import { RODAN_EXPORT } from './export/index.js';
import { RODAN_IMPORT } from './import/index.js';
import { PART_RESOLVERS } from './parts/mutations.js';
import { PartServices } from './parts/part-services.js';
import { TAGS_OF_RUN, TAGS_OF_RUN_JOB } from './reads.js';
import { rodanDialect } from './rest/routes.js';
import { AgentService } from './runs/agent-service.js';
import { InteractiveService } from './runs/interactive-service.js';
import { RodanAgentVerbs, RodanInteractiveVerbs, RodanRunVerbs } from './runs/mutations.js';
import { RunService } from './runs/run-service.js';
import type { RodanRuntime } from './runtime.js';
import { READ_RESOLVERS } from './schema.js';
import { RodanRunJob, RodanRunRequest, RodanWorkflowRun } from './types.js';
import { RodanUsers } from './users/identify.js';
import { RodanUserVerbs } from './users/mutations.js';
import { UserService } from './users/user-service.js';

/** Everything that Rodan adds to the schema. */
const RODAN_RESOLVERS: readonly (new () => object)[] = [
  // Reads.
  ...READ_RESOLVERS,
  // Users.
  RodanUserVerbs,
  // Projects, workflows and their parts, resources.
  ...PART_RESOLVERS,
  // Runs and agents.
  RodanRunVerbs,
  RodanInteractiveVerbs,
  RodanAgentVerbs,
];

/** Rodan: projects, workflows and workflow runs. */
export const rodan: SystemDefinition = {
  system: System.RODAN,
  name: 'rodan',
  title: 'Rodan',
  // Verbs write plain rows: a run of a large workflow is thousands of them.
  entities: [],
  schema: {
    resolvers: RODAN_RESOLVERS,
    types: [RodanRunRequest, RodanWorkflowRun, RodanRunJob],
  },
  import: RODAN_IMPORT,
  export: RODAN_EXPORT,
  dialect: () => rodanDialect(),
  start: ({ config, store, secrets, authenticator, signIns }) => {
    const { mode } = config.auth;
    const users = new RodanUsers({ store, mode, authenticator });
    const service: RodanRuntime = {
      store,
      parts: new PartServices(store),
      users: new UserService({ store, secrets, users, signIns }),
      runs: new RunService(store),
      interactive: new InteractiveService(store, secrets),
      agents: new AgentService(store),
    };
    return {
      system: System.RODAN,
      typeNames: {
        [Kind.EVENT]: 'RodanRunRequest',
        [Kind.BUILD]: 'RodanWorkflowRun',
        [Kind.JOB]: 'RodanRunJob',
      },
      transitions: {},
      tags: { [Kind.BUILD]: TAGS_OF_RUN, [Kind.JOB]: TAGS_OF_RUN_JOB },
      service,
      dialect: rodanDialect({ identify: (authorization) => users.identify(authorization) }),
      exampleUri: '/',
    };
  },
};
