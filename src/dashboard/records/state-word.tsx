import type { ReactNode } from 'react';
import type { State } from '../operations/documents.js';
import { STATE_WORDS } from './words.js';

/** A state, by colour and by word. */
export function StateWord({ state }: { readonly state: State }): ReactNode {
  return (
    <span className="state" data-state={state}>
      {STATE_WORDS[state]}
    </span>
  );
}
