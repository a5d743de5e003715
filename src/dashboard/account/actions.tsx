import type { ReactNode } from 'react';
import type { BuildDetail } from '../build/live-build.js';
import { request } from '../gateway/request.js';
import { useToken } from '../gateway/session.js';
import {
  CancelBuildapiRequestDocument,
  CancelFreshmakerEventDocument,
  ChangeRodanRunDocument,
  DeleteDevmasonBuildDocument,
  RebuildBuildapiRequestDocument,
} from '../operations/documents.js';
import type { RecordRow } from '../records/record.js';
import { isOver } from '../records/words.js';
import { Action } from './action.js';

/** Rodan's words for what a run is asked to do. */
const RODAN_CANCEL = 29;
const RODAN_RETRY = 31;

/** What may be done with an event, once one is signed in. */
export function EventActions({ event: { system, legacyId, state } }: { readonly event: RecordRow }): ReactNode {
  const token = useToken();
  if (token === null || system !== 'FRESHMAKER' || isOver(state)) return null;
  return (
    <Action
      word="Cancel event"
      question="Cancel this event and all its builds that are not over?"
      run={() => request(CancelFreshmakerEventDocument, { legacyId })}
    />
  );
}

/** What may be done with a build, once one is signed in. */
export function BuildActions({ build }: { readonly build: BuildDetail }): ReactNode {
  const token = useToken();
  if (token === null || build.isDeleted) return null;
  if ('attempts' in build) return <RequestActions request={build} />;
  if ('devmasonProject' in build) return build.viewerCanDelete && <DeleteBuild build={build} />;
  if ('uuid' in build) return <RunActions run={build} />;
  return null;
}

function RequestActions({
  request: { project, legacyId: requestId, state },
}: {
  readonly request: BuildDetail;
}): ReactNode {
  const which = { branch: project?.legacyId ?? '', requestId };
  return (
    <>
      {!isOver(state) && (
        <Action
          word="Cancel request"
          question="Ask for this build request to be cancelled?"
          run={() => request(CancelBuildapiRequestDocument, which)}
        />
      )}
      <Action
        word="Rebuild"
        question="Ask for this to be built again?"
        run={() => request(RebuildBuildapiRequestDocument, which)}
      />
    </>
  );
}

function RunActions({ run: { uuid, state } }: { readonly run: BuildDetail & { readonly uuid: string } }): ReactNode {
  const isRetriable = state === 'FAILED' || state === 'CANCELED';
  return (
    <>
      {(state === 'RUNNING' || state === 'FAILED') && (
        <Action
          word="Cancel run"
          question="Cancel this run and its jobs that are not over?"
          run={() => request(ChangeRodanRunDocument, { uuid, status: RODAN_CANCEL })}
        />
      )}
      {isRetriable && (
        <Action
          word="Retry run"
          question="Retry what failed or was cancelled?"
          run={() => request(ChangeRodanRunDocument, { uuid, status: RODAN_RETRY })}
        />
      )}
    </>
  );
}

type DevmasonBuild = Extract<BuildDetail, { readonly devmasonProject: unknown }>;

function DeleteBuild({ build: { devmasonProject, buildId } }: { readonly build: DevmasonBuild }): ReactNode {
  return (
    <Action
      word="Delete build"
      question="Delete this build with all its steps?"
      run={() => request(DeleteDevmasonBuildDocument, { project: devmasonProject.slug, build: buildId })}
    />
  );
}
