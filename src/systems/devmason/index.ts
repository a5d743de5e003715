import { Kind, System } from '../../core/model/states.js';
import type { SystemDefinition } from '../system.js';
import { BuildService } from './build-service.js';
import { DevmasonBuildFollower } from './following.js';
import { DEVMASON_EXPORT } from './export/index.js';
import { DEVMASON_IMPORT } from './import/index.js';
import { DevmasonBuildVerbs, DevmasonProjectVerbs, DevmasonUserVerbs } from './mutations.js';
import { ProjectService } from './project-service.js';
import { TAGS_OF_BUILD } from './reads.js';
import { DevmasonBuildRequestResolver, DevmasonBuildResolver, DevmasonStepResolver } from './record-fields.js';
import { devmasonDialect } from './rest/routes.js';
import type { DevmasonRuntime } from './runtime.js';
import { DevmasonProjectResolver, DevmasonQueryResolver, DevmasonTagResolver, DevmasonUserResolver } from './schema.js';
import { DevmasonBuild, DevmasonBuildRequest, DevmasonStep } from './types.js';
import { UserService } from './user-service.js';

/** Devmason Server: reported builds and their steps. */
export const devmason: SystemDefinition = {
  system: System.DEVMASON,
  name: 'devmason',
  title: 'Devmason',
  // Verbs write plain rows: a report is up to thousands of them.
  entities: [],
  schema: {
    resolvers: [
      DevmasonBuildRequestResolver,
      DevmasonBuildResolver,
      DevmasonStepResolver,
      DevmasonProjectResolver,
      DevmasonTagResolver,
      DevmasonUserResolver,
      DevmasonQueryResolver,
      DevmasonProjectVerbs,
      DevmasonBuildVerbs,
      DevmasonUserVerbs,
      DevmasonBuildFollower,
    ],
    types: [DevmasonBuildRequest, DevmasonBuild, DevmasonStep],
  },
  import: DEVMASON_IMPORT,
  export: DEVMASON_EXPORT,
  dialect: () => devmasonDialect({ members: System.DEVMASON }),
  start: ({ config, store }) => {
    const { anonymous } = config.devmason;
    const service: DevmasonRuntime = {
      anonymous,
      projects: new ProjectService(store),
      builds: new BuildService(store),
      users: new UserService(store),
    };
    return {
      system: System.DEVMASON,
      typeNames: {
        [Kind.EVENT]: 'DevmasonBuildRequest',
        [Kind.BUILD]: 'DevmasonBuild',
        [Kind.JOB]: 'DevmasonStep',
      },
      transitions: {},
      tags: { [Kind.BUILD]: TAGS_OF_BUILD },
      service,
      dialect: devmasonDialect({ members: System.DEVMASON, anonymous }),
      exampleUri: '/',
    };
  },
};
