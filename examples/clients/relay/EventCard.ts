import { graphql } from 'react-relay';

/** One event, which is read anew by its global id, with its builds page by page. */
export const event = graphql`
  fragment EventCard_event on Event
  @refetchable(queryName: "EventCardRefetchQuery")
  @argumentDefinitions(count: { type: "Int", defaultValue: 10 }, cursor: { type: "String" }) {
    system
    name
    state
    createdAt
    buildCounts {
      total
      failed
    }
    builds(first: $count, after: $cursor) @connection(key: "EventCard_builds") {
      edges {
        node {
          name
          state
          ... on FreshmakerBuild {
            externalBuildId
          }
        }
      }
    }
  }
`;

export const subscription = graphql`
  subscription EventCardSubscription($filter: EventFilter, $after: String) {
    eventStateChanged(filter: $filter, after: $after) {
      cursor
      to
      event {
        id
        state
        stateReason
      }
    }
  }
`;

export const mutation = graphql`
  mutation EventCardMoveMutation($id: ID!, $to: State!) {
    transitionEvent(id: $id, to: $to) {
      state
    }
  }
`;
