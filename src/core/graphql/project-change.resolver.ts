import { Arg, Ctx, Field, FieldResolver, ID, ObjectType, Resolver, Root, Subscription } from 'type-graphql';
import { changeCursor, type ProjectChange } from '../changes/log.js';
import type { Watch } from '../changes/watch.js';
import { globalId } from '../ids.js';
import { PROJECT_KIND, ProjectChangeKind, System } from '../model/states.js';
import type { OperationContext } from './context.js';
import { PROJECT_BY_ID, type ProjectRow } from './loaders.js';
import { DateTime } from './scalars.js';
import { AFTER, subscribed, type SubscribeData } from './subscribed.js';
import { ProjectType } from './types.js';

@ObjectType('ProjectChange', { description: 'A project was created, updated or deleted.' })
class ProjectChangeType {
  @Field(() => DateTime, { description: 'When.' })
  at!: number;

  @Field(() => String, { nullable: true, description: 'Name of the user whose request it was.' })
  actor!: string | null;

  @Field(() => System, { description: 'System of the project.' })
  system!: System;

  @Field(() => ProjectChangeKind, { description: 'What happened.' })
  change!: ProjectChangeKind;
}

function projectChanges(data: SubscribeData): Promise<Watch<ProjectChange>> {
  const system = data.args['system'] as System | null | undefined;
  return subscribed(data, (entry) =>
    entry.kind === PROJECT_KIND && (!system || entry.system === system) ? entry : null,
  );
}

/** What happens to projects, as a subscription. */
@Resolver(() => ProjectChangeType)
export class ProjectChangeResolver {
  @Subscription(() => ProjectChangeType, {
    subscribe: projectChanges,
    description: 'Projects created, updated and deleted, in the order of commits. Imports are not told of.',
  })
  projectChanged(
    @Root() change: ProjectChange,
    @Arg('system', () => System, { nullable: true, description: 'Only projects of this system.' }) _system?: System,
    @Arg('after', () => String, { nullable: true, description: AFTER }) _after?: string,
  ): ProjectChange {
    return change;
  }

  @FieldResolver(() => String, { description: 'Place in the log. Give it as `after` to go on behind this change.' })
  cursor(@Root() change: ProjectChange): string {
    return changeCursor(change);
  }

  @FieldResolver(() => ID, { description: 'Global id of the project, also when it is deleted.' })
  projectId(@Root() change: ProjectChange): string {
    return globalId('P', change.projectId);
  }

  @FieldResolver(() => ProjectType, {
    nullable: true,
    description: 'The project, as it is when delivered; null when it is deleted.',
  })
  project(@Root() change: ProjectChange, @Ctx() context: OperationContext): Promise<ProjectRow | undefined> {
    return context.load(PROJECT_BY_ID, change.projectId);
  }
}
