import { Field, Int, InterfaceType, ID, ObjectType } from 'type-graphql';
import { Kind, State, System } from '../model/states.js';
import type { RecordRow } from '../list/page.js';
import type { OperationContext } from './context.js';
import { DateTime, SafeInt } from './scalars.js';

/** Constructor of a GraphQL type. */
export type TypeClass = abstract new () => object;

/** Name of the concrete type of a row: the system decides it for its kinds, the shared nodes carry their own. */
function concreteType(kind: Kind) {
  return (row: RecordRow, context: OperationContext) => context.typeNameOf(kind, row);
}

/** How a node tells what it is: records by the kind they were loaded as, projects and users by name. */
export interface NodeValue {
  readonly __typename?: string;
}

/** What every `id` says of itself. */
export const GLOBAL_ID = 'Global, opaque id; works as argument of `node`.';

@InterfaceType('Node', {
  description: 'Anything with a global id.',
  resolveType: (value: NodeValue) => value.__typename,
})
export abstract class NodeInterface {
  @Field(() => ID, { description: GLOBAL_ID })
  id!: string;
}

@ObjectType('Project', {
  implements: NodeInterface,
  description: 'What records belong to, in the words of their system: a branch, a component, a repository.',
})
export class ProjectType extends NodeInterface {
  @Field(() => System, { description: 'System the project belongs to.' })
  system!: System;

  @Field(() => String, { description: 'Key in the legacy system.' })
  legacyId!: string;

  @Field(() => String, { description: 'Name.' })
  name!: string;
}

@ObjectType('User', { implements: NodeInterface, description: 'Somebody who is signed in.' })
export class UserType extends NodeInterface {
  @Field(() => String, { description: 'Name, as it stands in `requester` and `actor`.' })
  name!: string;

  @Field(() => Boolean, { description: 'Administrator of the gateway: may do everything.' })
  admin!: boolean;

  @Field(() => [String], {
    description: "Roles held: `agent`, `operator`, or `<system>/<role>` with the system's own role name.",
  })
  roles!: string[];
}

@ObjectType('StateCounts', { simpleResolvers: true, description: 'Number of records in each state.' })
export class StateCountsType {
  @Field(() => Int, { description: 'All of them.' })
  total!: number;
  @Field(() => Int, { description: 'In state PLANNED.' })
  planned!: number;
  @Field(() => Int, { description: 'In state QUEUED.' })
  queued!: number;
  @Field(() => Int, { description: 'In state RUNNING.' })
  running!: number;
  @Field(() => Int, { description: 'In state SUCCEEDED.' })
  succeeded!: number;
  @Field(() => Int, { description: 'In state FAILED.' })
  failed!: number;
  @Field(() => Int, { description: 'In state CANCELED.' })
  canceled!: number;
  @Field(() => Int, { description: 'In state SKIPPED.' })
  skipped!: number;
  @Field(() => Int, { description: 'In state UNKNOWN.' })
  unknown!: number;
}

/** What events, builds and jobs have in common. */
abstract class RecordFields extends NodeInterface {
  system!: System;
  legacyId!: string;
  name!: string;
  state!: State;
  stateReason!: string | null;
  requester!: string | null;
  startedAt!: number | null;
  finishedAt!: number | null;
}

/** Declares the common fields on each interface; a shared GraphQL interface would show in the schema. */
function WithRecordFields(target: TypeClass): void {
  const declare = (name: keyof RecordFields, type: () => object, description: string, nullable = false): void =>
    Field(type as () => typeof String, { description, nullable })(target.prototype as object, name);
  declare('system', () => System, 'System the record belongs to.');
  declare('legacyId', () => String, 'Key in the legacy system.');
  declare('name', () => String, 'Name.');
  declare('state', () => State, 'Where it stands.');
  declare('stateReason', () => String, 'Why it stands there, in one sentence.', true);
  declare('requester', () => String, 'Name of the user who asked for it.', true);
  declare('startedAt', () => DateTime, 'When work on it began.', true);
  declare('finishedAt', () => DateTime, 'When it reached an end state.', true);
}

@InterfaceType('Event', {
  implements: NodeInterface,
  description: 'Why work was done: an advisory, a push, a request.',
  resolveType: concreteType(Kind.EVENT),
})
@WithRecordFields
export abstract class EventInterface extends RecordFields {
  @Field(() => DateTime, {
    nullable: true,
    description: 'When it was recorded; null where the legacy system did not keep it.',
  })
  createdAt!: number | null;
}

@InterfaceType('Build', {
  implements: NodeInterface,
  description: 'One thing that is built.',
  resolveType: concreteType(Kind.BUILD),
})
@WithRecordFields
export abstract class BuildInterface extends RecordFields {
  @Field(() => DateTime, { description: 'When it was recorded.' })
  submittedAt!: number;
}

@InterfaceType('Job', {
  implements: NodeInterface,
  description: 'One piece of work inside an event or a build: a step, a boot, a run job, a job request.',
  resolveType: concreteType(Kind.JOB),
})
@WithRecordFields
export abstract class JobInterface extends RecordFields {
  @Field(() => DateTime, { description: 'When it was recorded.' })
  createdAt!: number;
}

@ObjectType('PageInfo', { simpleResolvers: true, description: 'Where a page stands in its list.' })
export class PageInfoType {
  @Field(() => Boolean, { description: 'Whether more follows.' })
  hasNextPage!: boolean;

  @Field(() => Boolean, { description: 'Whether something comes before.' })
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true, description: 'Cursor of the first row; null on an empty page.' })
  startCursor!: string | null;

  @Field(() => String, { nullable: true, description: 'Cursor of the last row; null on an empty page.' })
  endCursor!: string | null;
}

/** The Relay connection of a node type, `<Name>Connection` with `<Name>Edge`. */
export function connectionType(node: () => TypeClass, name: string): TypeClass {
  @ObjectType(`${name}Edge`, { simpleResolvers: true, description: `One row of a list of type ${name}.` })
  abstract class Edge {
    @Field(() => String, { description: 'Place of the row in the list, for `after` and `before`.' })
    cursor!: string;

    @Field(node, { description: 'The row.' })
    node!: unknown;
  }

  @ObjectType(`${name}Connection`, { simpleResolvers: true, description: `A page of a list of type ${name}.` })
  abstract class Connection {
    @Field(() => [Edge], { description: 'Rows with their cursors.' })
    edges!: unknown[];

    @Field(() => [node()], { description: 'Rows.' })
    nodes!: unknown[];

    @Field(() => PageInfoType, { description: 'Where the page stands.' })
    pageInfo!: PageInfoType;

    @Field(() => SafeInt, { description: 'Exact number of rows in the whole list; computed only when selected.' })
    totalCount!: number;
  }
  return Connection;
}

/** A page of events. */
export const EventConnection = connectionType(() => EventInterface, 'Event');
/** A page of builds. */
export const BuildConnection = connectionType(() => BuildInterface, 'Build');
/** A page of jobs. */
export const JobConnection = connectionType(() => JobInterface, 'Job');
/** A page of projects. */
export const ProjectConnection = connectionType(() => ProjectType, 'Project');
