/** One request of the traffic. */
export interface TrafficRequest {
  readonly method: 'GET' | 'POST';
  /** `{n}` stands for the number of the request. */
  readonly path: string;
  readonly body?: string;
}

function graphql(query: string): TrafficRequest {
  return { method: 'POST', path: '/graphql', body: JSON.stringify({ query }) };
}

/** What old clients and dashboards ask for: lists and single records of all five dialects, and GraphQL. */
export const READS: readonly TrafficRequest[] = [
  { method: 'GET', path: '/freshmaker/api/2/events/?per_page=20' },
  { method: 'GET', path: '/freshmaker/api/2/builds/?per_page=20' },
  { method: 'GET', path: '/buildapi/recent' },
  { method: 'GET', path: '/buildapi/self-serve/ash/build/91' },
  { method: 'GET', path: '/devmason/' },
  { method: 'GET', path: '/devmason/lamp-shop' },
  { method: 'GET', path: '/rodan/projects/' },
  { method: 'GET', path: '/rodan/workflowruns/' },
  { method: 'GET', path: '/kernelci/job' },
  { method: 'GET', path: '/kernelci/build?limit=20' },
  graphql('{ events(first: 20) { nodes { id state builds(first: 5) { nodes { id state } } } } }'),
  graphql('{ builds(first: 50) { totalCount nodes { id system state startedAt } } }'),
  graphql('{ jobs(first: 50) { totalCount nodes { id system state } } }'),
];

/** Adds a finished build to a project, as Devmason's clients do without credentials: subscribers are told of it. */
export const WRITE: TrafficRequest = {
  method: 'POST',
  path: '/devmason/lamp-shop/builds',
  body: JSON.stringify({
    success: true,
    client: { host: 'load', user: 'load', arch: 'x' },
    results: [{ success: true, name: 'load', type: 'test' }],
  }),
};

/** One write for so many reads. */
const READS_PER_WRITE = 50;

/** Reads with a write now and then. */
export const MIXED: readonly TrafficRequest[] = [
  ...Array.from({ length: READS_PER_WRITE }, (_, index) => READS[index % READS.length]!),
  WRITE,
];
