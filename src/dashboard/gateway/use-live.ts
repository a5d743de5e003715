import { useCallback, useEffect, useReducer, useRef } from 'react';
import type { TypedDocumentString } from '../operations/documents.js';
import { follow, type Followed } from './follow.js';
import { Refusal } from './request.js';
import { useToken } from './session.js';

/** Something on the page that is read once and kept up to date by subscriptions. */
export interface LiveSource<Data, Change> {
  /** Tells it apart: what has another key is read anew. */
  readonly key: string;
  readonly load: (signal: AbortSignal) => Promise<Loaded<Data>>;
  readonly subscriptions: readonly Subscribed<Change>[];
  /** The data after changes. */
  readonly apply: (data: Data, changes: readonly Change[]) => Data;
}

/** What was read, and the cursor that it is followed from. */
export interface Loaded<Data> {
  readonly data: Data;
  readonly cursor: string;
}

/** A subscription without its `after`. */
export interface Subscribed<Change> {
  readonly document: TypedDocumentString<Followed<Change>, never>;
  readonly variables: object;
}

/** What there is to show. */
export interface Live<Data> {
  /** Null until something was read; what was read before stays while something else is. */
  readonly data: Data | null;
  readonly isLoading: boolean;
  readonly error: Refusal | null;
  readonly reload: () => void;
}

interface State<Data> {
  readonly data: Data | null;
  readonly isLoading: boolean;
  readonly error: Refusal | null;
  readonly reloads: number;
}

type Action<Data> =
  | { readonly type: 'load' | 'reload' }
  | { readonly type: 'loaded'; readonly data: Data }
  | { readonly type: 'failed'; readonly error: Refusal }
  | { readonly type: 'changed'; readonly change: (data: Data) => Data };

function reduced<Data>(state: State<Data>, action: Action<Data>): State<Data> {
  switch (action.type) {
    case 'reload':
      return { ...state, reloads: state.reloads + 1 };
    case 'load':
      return { ...state, isLoading: true, error: null };
    case 'loaded':
      return { ...state, isLoading: false, data: action.data };
    case 'failed':
      return { ...state, isLoading: false, error: action.error };
    case 'changed':
      return state.data === null ? state : { ...state, data: action.change(state.data) };
  }
}

/** Reads, then follows. When changes were missed that are not kept any more, it reads again. */
export function useLive<Data, Change extends { readonly cursor: string }>(
  source: LiveSource<Data, Change>,
): Live<Data> {
  const token = useToken();
  const [state, dispatch] = useReducer(reduced<Data>, { data: null, isLoading: true, error: null, reloads: 0 });
  const reload = useCallback(() => dispatch({ type: 'reload' }), []);
  const latest = useRef(source);
  latest.current = source;
  useEffect(() => {
    const { load, subscriptions, apply } = latest.current;
    const abort = new AbortController();
    const stops: (() => void)[] = [];
    const start = async (): Promise<void> => {
      dispatch({ type: 'load' });
      const { data, cursor } = await load(abort.signal);
      if (abort.signal.aborted) return;
      dispatch({ type: 'loaded', data });
      for (const { document, variables } of subscriptions) {
        const onChanges = (changes: readonly Change[]) =>
          dispatch({ type: 'changed', change: (before) => apply(before, changes) });
        const onEnd = (error: Refusal) =>
          dispatch(error.code === 'CURSOR_EXPIRED' ? { type: 'reload' } : { type: 'failed', error });
        stops.push(follow({ document, variables, after: cursor, onChanges, onEnd }));
      }
    };
    start().catch((error: unknown) => {
      if (!abort.signal.aborted) dispatch({ type: 'failed', error: asRefusal(error) });
    });
    return () => {
      abort.abort();
      for (const stop of stops) stop();
    };
  }, [source.key, state.reloads, token]);
  return { data: state.data, isLoading: state.isLoading, error: state.error, reload };
}

function asRefusal(error: unknown): Refusal {
  return error instanceof Refusal ? error : new Refusal(String(error), 'UNKNOWN');
}
