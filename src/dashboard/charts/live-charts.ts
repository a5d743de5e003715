import type { Followed } from '../gateway/follow.js';
import { request } from '../gateway/request.js';
import { useLive, type Live } from '../gateway/use-live.js';
import { useRefreshed } from '../gateway/use-refreshed.js';
import type { ListKind } from '../list/filters.js';
import {
  BuildChartsDocument,
  BuildMovesDocument,
  EventChartsDocument,
  EventMovesDocument,
  JobChartsDocument,
  JobMovesDocument,
  type ChartsFragment,
  type TimeBucket,
  type TypedDocumentString,
} from '../operations/documents.js';
import { usePeriod } from '../records/clock.js';
import { bucketsOf, chartsAddress, conditionsOf, type ChartFilters } from './filters.js';

/** What the charts show. */
export interface ChartsNow {
  readonly statistics: ChartsFragment;
  /** What they are about, which the address may have left behind already. */
  readonly filters: ChartFilters;
}

/** The stretch of time that is shown, in milliseconds since 1970. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

interface Move {
  readonly cursor: string;
}

/** What was read, and how often something has moved since. */
interface Read extends ChartsNow {
  readonly moves: number;
}

interface Answer {
  readonly changeCursor: string;
  readonly statistics: ChartsFragment;
}

interface Documents {
  readonly charts: TypedDocumentString<
    Answer,
    { from: string; to: string; bucket: TimeBucket; filter?: object | null }
  >;
  readonly moves: TypedDocumentString<Followed<Move>, never>;
}

const DOCUMENTS: Readonly<Record<ListKind, Documents>> = {
  events: { charts: EventChartsDocument, moves: EventMovesDocument },
  builds: { charts: BuildChartsDocument, moves: BuildMovesDocument },
  jobs: { charts: JobChartsDocument, moves: JobMovesDocument },
};

/** The stretch of time that an address asks for; it moves on with the present unless the address says where it ends. */
export function useStretch(filters: ChartFilters): Stretch {
  const { bucketMs, count } = bucketsOf(filters);
  const present = usePeriod(bucketMs) + 1;
  const end = filters.until === null ? present : Math.ceil(filters.until / bucketMs);
  return { from: (end - count) * bucketMs, to: end * bucketMs };
}

/** The charts that an address asks for, kept up to date. */
export function useLiveCharts(filters: ChartFilters, { from, to }: Stretch): Live<ChartsNow> {
  const { charts, moves } = DOCUMENTS[filters.kind];
  const key = `${chartsAddress(filters)} ${to}`;
  const filter = conditionsOf(filters);
  const ask = (signal: AbortSignal): Promise<Answer> => {
    const range = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
    return request(charts, { filter, ...range, bucket: bucketsOf(filters).bucket }, signal);
  };
  const live = useLive<Read, Move>({
    key,
    load: async (signal) => {
      const { statistics, changeCursor } = await ask(signal);
      return { data: { statistics, filters, moves: 0 }, cursor: changeCursor };
    },
    subscriptions: [{ document: moves, variables: { filter } }],
    apply: (read, changes) => ({ ...read, moves: read.moves + changes.length }),
  });
  const count = live.isLoading ? 0 : (live.data?.moves ?? 0);
  const newer = useRefreshed(count > 0 ? key : null, count, ask);
  return newer ? { ...live, data: { statistics: newer.statistics, filters } } : live;
}
