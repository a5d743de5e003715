import type { DialectResponse, RunOperation } from '../../../server/dialect.js';
import { answerOf, type BuildEntry, type BuildHead } from './build-texts.js';
import { type ProjectFields, representProject } from './represent.js';
import type { Exchange } from './setting.js';

interface LatestBuild extends BuildHead {
  /** Place in the order of report. */
  readonly reportNumber: number;
}

interface Project extends ProjectFields {
  readonly latestBuild: LatestBuild | null;
}

interface ProjectPage {
  readonly nodes: readonly Project[];
  readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean };
}

interface RootData {
  readonly devmason: { readonly projects: ProjectPage };
  readonly latest: { readonly nodes: readonly BuildHead[] };
}

/** Most projects that are read at once. */
const PROJECTS = 500;

/** All projects with the latest builds (contract devmason, section 4.3), sent as they are read when they are many. */
export async function projectList(exchange: Exchange): Promise<DialectResponse> {
  const { devmason, latest } = await exchange.run<RootData>('DevmasonProjects', {
    first: PROJECTS,
    withLatest: true,
  });
  const { nodes, pageInfo } = devmason.projects;
  const heads = [...latest.nodes, ...nodes.flatMap(({ latestBuild }) => latestBuild ?? [])];
  const isSmall = !pageInfo.hasNextPage && exchange.builds.isSlice(heads.map((head) => ({ head })));
  return answerOf(texts(exchange, devmason.projects, latest.nodes), isSmall);
}

async function* texts(
  { run, links, builds }: Exchange,
  first: ProjectPage,
  latest: readonly BuildHead[],
): AsyncGenerator<string> {
  const latestByName = new Map<string, LatestBuild>();
  let separator = '{"projects":[';
  for await (const projects of projectPages(run, first)) {
    yield separator + projects.map((project) => JSON.stringify(representProject(project, links))).join(',');
    separator = ',';
    for (const project of projects) keepLatest(latestByName, project);
  }
  yield '],"latest_builds":[';
  yield* builds.pieces(latest.map((head) => ({ head })));
  yield '],"builds":{';
  yield* builds.pieces(Array.from(latestByName, ([key, head]): BuildEntry => ({ key, head })));
  yield `},"links":${JSON.stringify([links.root()])}}`;
}

async function* projectPages(run: RunOperation, first: ProjectPage): AsyncGenerator<readonly Project[]> {
  yield first.nodes;
  let { hasNextPage, endCursor: after } = first.pageInfo;
  while (hasNextPage) {
    const variables = { first: PROJECTS, after, withLatest: false };
    const data: Pick<RootData, 'devmason'> = await run('DevmasonProjects', variables);
    const { nodes, pageInfo } = data.devmason.projects;
    ({ hasNextPage, endCursor: after } = pageInfo);
    // A separator needs something to separate.
    if (nodes.length > 0) yield nodes;
  }
}

/** Of projects of one name the build that was reported last stays. */
function keepLatest(byName: Map<string, LatestBuild>, { name, latestBuild }: Project): void {
  const known = byName.get(name);
  if (latestBuild && !(known && known.reportNumber > latestBuild.reportNumber)) byName.set(name, latestBuild);
}
