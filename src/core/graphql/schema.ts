import { buildSchema as buildTypeGraphqlSchema, type NonEmptyArray } from 'type-graphql';
import { lexicographicSortSchema, printSchema, type GraphQLSchema } from 'graphql';
import { enforceAccess } from './access.js';
import { ChangeResolver } from './change.resolver.js';
import { LegacyUseResolver } from './legacy-use.resolver.js';
import { noteHandlers, unwrapResolvers } from './plain-resolvers.js';
import { ProjectChangeResolver } from './project-change.resolver.js';
import { QueryResolver } from './query.resolver.js';
import { RECORD_RESOLVERS } from './record.resolver.js';
import { StatisticsResolver } from './statistics.resolver.js';
import { TransitionResolver } from './transition.resolver.js';

/** What a system adds to the schema. */
export interface SchemaPart {
  /** type-graphql resolver classes. */
  readonly resolvers: readonly (new () => object)[];
  /** Concrete types that are reached through interfaces only. */
  readonly types: readonly (new () => object)[];
}

const CORE = [
  QueryResolver,
  ChangeResolver,
  ProjectChangeResolver,
  StatisticsResolver,
  TransitionResolver,
  LegacyUseResolver,
  ...RECORD_RESOLVERS,
];

/** What the root types say of themselves; type-graphql has no place to write it. */
const ROOTS: Readonly<Record<string, string>> = {
  Query: 'Everything that can be read. Reading records needs no credentials.',
  Mutation: 'Everything that can be done. Each is one transaction, with its state changes and messages inside.',
  Subscription: 'Changes of records and projects as they are committed, over WebSocket (graphql-transport-ws).',
};

/** The one schema: the core's part and those of the systems. @throws Error when nothing says who may call a mutation */
export async function buildSchema(parts: readonly SchemaPart[]): Promise<GraphQLSchema> {
  noteHandlers();
  const schema = await buildTypeGraphqlSchema({
    resolvers: [...CORE, ...parts.flatMap(({ resolvers }) => resolvers)] as unknown as NonEmptyArray<() => void>,
    orphanedTypes: parts.flatMap(({ types }) => types),
    validate: false,
    // The check is an introspection of everything; the stored operations are validated at the start anyway.
    skipCheck: true,
    pubSub: FEED_ONLY,
  });
  unwrapResolvers(schema);
  enforceAccess(schema);
  for (const [name, description] of Object.entries(ROOTS)) {
    const root = schema.getType(name);
    if (root) root.description = description;
  }
  return schema;
}

/** The schema as a document, in a stable order. */
export function printedSchema(schema: GraphQLSchema): string {
  return `${printSchema(lexicographicSortSchema(schema))}\n`;
}

/** type-graphql asks for a topic broker; our subscriptions read the change feed instead and never come here. */
const FEED_ONLY = {
  publish: (): void => undefined,
  subscribe: (): never => {
    throw new Error('Subscriptions read the change feed.');
  },
};
