import { graphql } from 'react-relay';

/** Events of all systems, page by page. */
export const query = graphql`
  query EventListQuery($filter: EventFilter, $count: Int!, $cursor: String) {
    viewer {
      name
    }
    ...EventList_events @arguments(filter: $filter, count: $count, cursor: $cursor)
  }
`;

export const events = graphql`
  fragment EventList_events on Query
  @refetchable(queryName: "EventListPageQuery")
  @argumentDefinitions(
    filter: { type: "EventFilter" }
    count: { type: "Int", defaultValue: 20 }
    cursor: { type: "String" }
  ) {
    events(filter: $filter, first: $count, after: $cursor) @connection(key: "EventList_events") {
      totalCount
      edges {
        node {
          ...EventCard_event
        }
      }
    }
  }
`;
