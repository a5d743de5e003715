import type { ReactNode } from 'react';
import { BuildActions } from '../account/actions.js';
import { pathOf } from '../address.js';
import { Link } from '../link.js';
import { RecordTable } from '../list/record-table.js';
import type { System } from '../operations/documents.js';
import { DependencyGraph, type GraphNode } from '../records/dependency-graph.js';
import { History } from '../records/history.js';
import { RecordHead, type Fact } from '../records/record-head.js';
import { RecordPage } from '../records/record-page.js';
import { Timeline } from '../records/timeline.js';
import { Attempts } from './attempts.js';
import { buildFacts } from './facts.js';
import { useLiveBuild, type BuildDetail, type BuildNow, type JobDetail } from './live-build.js';
import { Output } from './output.js';

/** A build: its jobs and what they write, attempts, history. */
export function BuildPage({ system, legacyId }: { readonly system: System; readonly legacyId: string }): ReactNode {
  const live = useLiveBuild(system, legacyId);
  return (
    <RecordPage live={live} noun="build">
      {(now) => <Build now={now} />}
    </RecordPage>
  );
}

function Build({ now: { build, jobs, hasMore, changed, history } }: { readonly now: BuildNow }): ReactNode {
  return (
    <>
      <RecordHead kind="Build" row={build} tags={build.tags} facts={[...relations(build), ...buildFacts(build)]}>
        <BuildActions build={build} />
      </RecordHead>
      <Attempts build={build} />
      {jobs.length > 0 && (
        <section aria-labelledby="jobs">
          <h2 id="jobs">
            Jobs <span className="quiet">{hasMore ? `the first ${jobs.length}` : jobs.length}</span>
          </h2>
          <RecordTable kind="jobs" rows={jobs} changed={changed} within={build.id} />
        </section>
      )}
      <Output jobs={jobs} />
      <DependencyGraph nodes={jobs.map((job) => graphNode(job, jobs))} />
      <Timeline rows={jobs} whole={build} />
      <History changes={history} />
    </>
  );
}

function relations({ system, event, dependsOn }: BuildDetail): readonly Fact[] {
  const needed = dependsOn.map(({ id, legacyId, name }) => (
    <Link key={id} href={pathOf('build', { system, legacyId })}>
      {name || legacyId}
    </Link>
  ));
  return [
    ['Event', event && <Link href={pathOf('event', { system, ...event })}>{event.name || event.legacyId}</Link>],
    ['Waits for', needed.length > 0 && needed],
  ];
}

/** Rodan's run jobs wait for those that make what they read. */
function graphNode(job: JobDetail, jobs: readonly JobDetail[]): GraphNode {
  const read = new Set<string | null | undefined>(
    'inputs' in job ? job.inputs.map(({ resourceUuid }) => resourceUuid) : [],
  );
  const isRead = ({ resourceUuid }: { readonly resourceUuid?: string | null }): boolean =>
    Boolean(resourceUuid) && read.has(resourceUuid);
  const needed = jobs.filter((other) => 'outputs' in other && other.outputs.some(isRead));
  const needs = needed.map(({ id }) => id);
  return { id: job.id, label: job.name || job.legacyId, state: job.state, href: pathOf('job', job), needs };
}
