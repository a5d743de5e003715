import type { DefaultTab } from './default-tabs.js';

/** Examples that ask about all systems. */
export const SHARED_TABS: readonly DefaultTab[] = [
  {
    query: `# The newest events and their first builds.
# Ctrl-Enter runs it, Ctrl-Space suggests.
query Events($filter: EventFilter) {
  events(
    filter: $filter
    orderBy: [{ field: CREATED_AT, direction: DESC }]
    first: 10
  ) {
    totalCount
    nodes {
      system
      legacyId
      name
      state
      stateReason
      createdAt
      builds(first: 5) {
        totalCount
        nodes {
          legacyId
          name
          state
        }
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
`,
    variables: `{
  "filter": {}
}
`,
  },
  {
    query: `# One event by the id its own system gave it.
query OneEvent($system: System!, $legacyId: String!) {
  event(system: $system, legacyId: $legacyId) {
    id
    name
    state
    stateReason
    requester
    tags
    createdAt
    finishedAt
    buildCounts {
      total
      planned
      running
      succeeded
      failed
      canceled
    }
    ... on FreshmakerEvent {
      searchKey
      eventTypeName
      requestedRebuilds
    }
  }
}
`,
    variables: `{
  "system": "FRESHMAKER",
  "legacyId": "214"
}
`,
  },
  {
    query: `# Every change of state from now on.
# The cursor of a change, given as "after",
# resumes behind it.
subscription StateChanges($after: String) {
  stateChanged(after: $after) {
    cursor
    at
    system
    kind
    from
    to
    reason
    event {
      legacyId
      name
    }
    build {
      legacyId
      name
    }
  }
}
`,
  },
  {
    query: `# What ended in a range of time, how long it took, and
# how much waits now: what the charts are drawn of.
query BuildNumbers(
  $filter: BuildFilter
  $from: DateTime!
  $to: DateTime!
) {
  buildStatistics(filter: $filter) {
    finished(from: $from, to: $to, bucket: DAY) {
      startsAt
      counts {
        total
        succeeded
        failed
      }
    }
    durations(from: $from, to: $to) {
      total
      medianMs
      p90Ms
    }
    queueDepths {
      system
      queued
      running
    }
  }
}
`,
    variables: `{
  "filter": { "system": { "eq": "DEVMASON" } },
  "from": "2009-10-15T00:00:00Z",
  "to": "2009-10-25T00:00:00Z"
}
`,
  },
];
