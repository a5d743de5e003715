import type { ReactNode } from 'react';
import { pathOf } from '../address.js';
import { Output } from '../build/output.js';
import type { JobDetail } from '../build/live-build.js';
import type { Followed } from '../gateway/follow.js';
import { request } from '../gateway/request.js';
import { useLive, type LiveSource } from '../gateway/use-live.js';
import { Link } from '../link.js';
import {
  JobDetailChangesDocument,
  JobPageDocument,
  type ChangeFragment,
  type System,
  type TypedDocumentString,
} from '../operations/documents.js';
import { History, longerHistory } from '../records/history.js';
import { RecordHead, type Fact } from '../records/record-head.js';
import { RecordPage } from '../records/record-page.js';
import { changedRows, type RecordChange } from '../records/record.js';

interface JobNow {
  readonly job: JobDetail;
  readonly history: readonly ChangeFragment[];
}

type JobChange = ChangeFragment & RecordChange<JobDetail>;

/** A job: what it is, what it wrote, what happened to it. */
export function JobPage({ system, legacyId }: { readonly system: System; readonly legacyId: string }): ReactNode {
  const source: LiveSource<JobNow | 'none', JobChange> = {
    key: `${system} ${legacyId}`,
    load: async (signal) => {
      const { job, changeCursor: cursor } = await request(JobPageDocument, { system, legacyId }, signal);
      return { data: job ? { job, history: job.changes.nodes } : 'none', cursor };
    },
    subscriptions: [
      {
        document: JobDetailChangesDocument as TypedDocumentString<Followed<JobChange>, never>,
        variables: { filter: { system: { eq: system }, legacyId: { eq: legacyId } } },
      },
    ],
    apply: (now, changes) => (now === 'none' ? now : changedJob(now, changes)),
  };
  return (
    <RecordPage live={useLive(source)} noun="job">
      {({ job, history }) => (
        <>
          <RecordHead kind="Job" row={job} tags={job.tags} facts={jobFacts(job)} />
          <Output jobs={[job]} />
          <History changes={history} />
        </>
      )}
    </RecordPage>
  );
}

function changedJob({ job, history }: JobNow, changes: readonly JobChange[]): JobNow {
  const [after = job] = changedRows([job], changes).rows;
  return { job: after, history: longerHistory(history, changes, job.id) };
}

function jobFacts(job: JobDetail): readonly Fact[] {
  const { build, system } = job;
  return [
    ['Build', build && <Link href={pathOf('build', { system, ...build })}>{build.name || build.legacyId}</Link>],
    ['Asked for', 'what' in job && <code>{JSON.stringify(job.what)}</code>],
    ['Answer', 'completeData' in job && job.completeData != null && <code>{JSON.stringify(job.completeData)}</code>],
  ];
}
