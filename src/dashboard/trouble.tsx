import type { ReactNode } from 'react';
import type { Refusal } from './gateway/request.js';

/** What went wrong, in words, and a way to try again. */
export function Trouble({ error, onRetry }: { readonly error: Refusal; readonly onRetry: () => void }): ReactNode {
  return (
    <div role="alert" className="trouble">
      <p>{error.message}</p>
      <button type="button" onClick={onRetry}>
        Try again
      </button>
    </div>
  );
}
