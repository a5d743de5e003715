import { request } from '../gateway/request.js';
import { useRefreshed } from '../gateway/use-refreshed.js';
import {
  BuildTotalsDocument,
  EventTotalsDocument,
  JobTotalsDocument,
  type State,
  type SystemFilter,
  type TypedDocumentString,
} from '../operations/documents.js';
import { STATES } from '../records/words.js';
import type { ListFilters, ListKind } from './filters.js';

type Totals = Readonly<Record<State, number>>;
type Answer = Readonly<Record<Lowercase<State>, { readonly totalCount: number }>>;

const DOCUMENTS: Readonly<Record<ListKind, TypedDocumentString<Answer, { system?: SystemFilter | null }>>> = {
  events: EventTotalsDocument,
  builds: BuildTotalsDocument,
  jobs: JobTotalsDocument,
};

/**
 * Records in each state, of all systems or of one: the gateway keeps these counters, so they cost the same however many
 * records there are. Null for other filters, whose records would have to be counted.
 * @param changes anything that becomes another value when a change came
 */
export function useStateTotals({ kind, system, project, text, period }: ListFilters, changes: unknown): Totals | null {
  const isCounted = project === '' && text === '' && period === null;
  const key = isCounted ? `${kind} ${system}` : null;
  return useRefreshed(key, changes, async (signal) =>
    totalsOf(await request(DOCUMENTS[kind], system ? { system: { eq: system } } : {}, signal)),
  );
}

function totalsOf(answer: Answer): Totals {
  return Object.fromEntries(
    STATES.map((state) => [state, answer[state.toLowerCase() as Lowercase<State>].totalCount]),
  ) as Totals;
}
