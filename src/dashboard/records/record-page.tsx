import type { ReactNode } from 'react';
import type { Live } from '../gateway/use-live.js';
import { Trouble } from '../trouble.js';

interface RecordPageProps<Now> {
  readonly live: Live<Now | 'none'>;
  readonly noun: string;
  readonly children: (now: Now) => ReactNode;
}

/** The page of a record: loading, in trouble, not there, or there. */
export function RecordPage<Now extends object>({ live, noun, children }: RecordPageProps<Now>): ReactNode {
  const { data, isLoading, error, reload } = live;
  return (
    <main aria-busy={isLoading}>
      {error && <Trouble error={error} onRetry={reload} />}
      {data === null && !error && <p className="notice">Loading…</p>}
      {data === 'none' && <p className="notice">There is no such {noun}.</p>}
      {data !== null && data !== 'none' && children(data)}
    </main>
  );
}
