import type { ReactNode } from 'react';
import { Moment, Span } from '../records/times.js';
import type { BuildDetail } from './live-build.js';

/** Buildapi's attempts at a build request. */
export function Attempts({ build }: { readonly build: BuildDetail }): ReactNode {
  if (!('attempts' in build) || build.attempts.length === 0) return null;
  return (
    <section aria-labelledby="attempts">
      <h2 id="attempts">Attempts</h2>
      <ol className="attempts">
        {build.attempts.map(({ buildId, buildNumber, slaveName, startedAt, finishedAt }) => (
          <li key={buildId}>
            <code>{buildId}</code>
            <span>number {buildNumber}</span>
            <span>{slaveName}</span>
            <Moment at={startedAt} />
            <span>
              <Span from={startedAt} to={finishedAt} />
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
