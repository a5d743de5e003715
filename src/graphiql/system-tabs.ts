import type { DefaultTab } from './default-tabs.js';

/** Examples of what only one system records: Freshmaker, buildapi, Devmason, Rodan, Kernel CI. */
export const SYSTEM_TABS: readonly DefaultTab[] = [
  {
    query: `# What Freshmaker rebuilds for one event, and what each
# build waits for.
query ArtifactBuilds($event: String!) {
  builds(
    filter: {
      system: { eq: FRESHMAKER }
      event: { legacyId: { eq: $event } }
    }
  ) {
    nodes {
      legacyId
      name
      state
      stateReason
      dependsOn {
        name
        state
      }
      ... on FreshmakerBuild {
        type
        rebuildReason
        originalNvr
        rebuiltNvr
      }
    }
  }
}
`,
    variables: `{
  "event": "214"
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
  {
    query: `# Builds that were reported to Devmason, with their steps.
query ReportedBuilds($project: String!) {
  builds(
    filter: {
      system: { eq: DEVMASON }
      project: { eq: $project }
    }
    first: 5
  ) {
    totalCount
    nodes {
      legacyId
      state
      tags
      ... on DevmasonBuild {
        started
        finished
        client
      }
      jobs(first: 10) {
        nodes {
          name
          state
        }
      }
    }
  }
}
`,
    variables: `{
  "project": "carpet"
}
`,
  },
  {
    query: `# A build of Devmason step by step: first all that was
# reported here so far, then what comes, until it is over.
subscription FollowBuild(
  $project: String!
  $build: String!
) {
  devmasonBuildChanged(
    project: $project
    build: $build
    after: "0"
  ) {
    cursor
    at
    to
    build {
      name
      tags
    }
    job {
      name
      state
      ... on DevmasonStep {
        started
        finished
        output
        errout
      }
    }
  }
}
`,
    variables: `{
  "project": "carpet",
  "build": "43"
}
`,
  },
  {
    query: `# Workflow runs of Rodan with their run jobs, in the
# order of recording.
query WorkflowRuns($state: [State!]) {
  builds(
    filter: {
      system: { eq: RODAN }
      state: { in: $state }
    }
    first: 5
  ) {
    nodes {
      name
      state
      project {
        name
      }
      ... on RodanWorkflowRun {
        uuid
        workflow {
          name
        }
      }
      jobs(first: 20) {
        nodes {
          name
          state
          ... on RodanRunJob {
            interactive
            errorSummary
          }
        }
      }
    }
  }
}
`,
    variables: `{
  "state": ["RUNNING", "SUCCEEDED", "FAILED"]
}
`,
  },
  {
    query: `# Builds of a kernel with their boots, as Kernel CI
# collected them.
query KernelBuilds($kernel: String!) {
  builds(
    filter: { kernelci: { kernel: { eq: $kernel } } }
    first: 10
  ) {
    totalCount
    nodes {
      legacyId
      name
      state
      ... on KernelciBuild {
        tree
        gitBranch
        arch
        defconfigFull
        buildTime
        errors
        warnings
      }
      jobs(first: 5) {
        nodes {
          name
          state
          ... on KernelciBoot {
            labName
            board
            timeMs
          }
        }
      }
    }
  }
}
`,
    variables: `{
  "kernel": "next-20150116"
}
`,
  },
];
