import { InMemoryCache, type PossibleTypesMap } from '@apollo/client';
import { relayStylePagination } from '@apollo/client/utilities';
import { isInterfaceType, isUnionType, type GraphQLSchema } from 'graphql';

/** The types that each interface and union of the gateway's schema stands for, as Apollo Client's cache wants to know. */
export function possibleTypesOf(schema: GraphQLSchema): PossibleTypesMap {
  const abstract = Object.values(schema.getTypeMap()).filter((type) => isInterfaceType(type) || isUnionType(type));
  return Object.fromEntries(abstract.map((type) => [type.name, schema.getPossibleTypes(type).map(({ name }) => name)]));
}

/** What tells two lists of records apart; pages of the same list are joined. */
const LIST = relayStylePagination(['filter', 'orderBy']);

/** A cache for everything that the gateway answers: records by their global id, lists as Relay's connections. */
export function gatewayCache(possibleTypes: PossibleTypesMap): InMemoryCache {
  return new InMemoryCache({
    possibleTypes,
    typePolicies: {
      Query: { fields: { events: LIST, builds: LIST, jobs: LIST, projects: LIST } },
      Event: { fields: { builds: LIST } },
      Build: { fields: { jobs: LIST } },
      // Without an id of their own: what was asked for before is kept beside what is asked for now.
      StateCounts: { merge: true },
      RecordStatistics: { merge: true },
    },
  });
}
