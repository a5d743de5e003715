/** One tab as GraphiQL takes it: a document and the text of its variables. */
export interface DefaultTab {
  readonly query: string;
  readonly variables?: string;
}

/** What a first visitor finds open. A test validates every document against the printed schema. */
export const defaultTabs: DefaultTab[] = [
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
    query: `# Build requests of a branch in buildapi, with all
# attempts at them.
query BuildRequests($branch: String!) {
  builds(
    filter: {
      system: { eq: BUILDAPI }
      project: { eq: $branch }
    }
    first: 10
  ) {
    totalCount
    nodes {
      legacyId
      name
      state
      stateReason
      submittedAt
      ... on BuildapiRequest {
        revision
        priority
        buildReason
        attempts {
          buildId
          startedAt
          finishedAt
          slaveName
        }
      }
    }
  }
}
`,
    variables: `{
  "branch": "ash"
}
`,
  },
  {
    query: `# Jobs as they are logged and done: each write of
# buildapi's REST API or GraphQL mutation is one.
subscription JobChanges($after: String) {
  jobStateChanged(
    after: $after
    filter: { system: { eq: BUILDAPI } }
  ) {
    cursor
    at
    from
    to
    reason
    job {
      legacyId
      name
      requester
      ... on BuildapiJob {
        what
        completeData
      }
    }
  }
}
`,
  },
];
