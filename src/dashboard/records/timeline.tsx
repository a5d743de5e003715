import type { ReactNode } from 'react';
import { useNow } from './clock.js';
import type { RecordRow } from './record.js';
import { ExactMoment, spanText } from './times.js';
import { isOver, STATE_WORDS } from './words.js';

/** When something waited and worked, in milliseconds since 1970; `begun` is null where it is not known when it began. */
interface Stretch {
  readonly from: number;
  readonly begun: number | null;
  readonly to: number;
}

/** Where on the time line of the whole a stretch lies, in percent. */
interface Scale {
  readonly from: number;
  readonly length: number;
}

interface TimelineProps {
  readonly rows: readonly RecordRow[];
  /** What they are part of: when that is over, nothing in it waits any more. */
  readonly whole: RecordRow;
}

/** When each record waited and worked; grows while one of them does. */
export function Timeline({ rows, whole }: TimelineProps): ReactNode {
  const isGrowing = !isOver(whole.state) && rows.some(({ state, finishedAt }) => !isOver(state) && !finishedAt);
  if (isGrowing) return <GrowingTimeline rows={rows} />;
  return <TimelineUntil rows={rows} now={whole.finishedAt ? Date.parse(whole.finishedAt) : 0} />;
}

function GrowingTimeline({ rows }: Pick<TimelineProps, 'rows'>): ReactNode {
  return <TimelineUntil rows={rows} now={useNow()} />;
}

function TimelineUntil({ rows, now }: { readonly rows: readonly RecordRow[]; readonly now: number }): ReactNode {
  const stretches = rows.flatMap((row) => {
    const stretch = stretchOf(row, now);
    return stretch ? [{ row, stretch }] : [];
  });
  if (stretches.length === 0) return null;
  const from = Math.min(...stretches.map(({ stretch }) => stretch.from));
  const to = Math.max(...stretches.map(({ stretch }) => stretch.to));
  const scale = { from, length: Math.max(to - from, 1) };
  return (
    <section aria-labelledby="timeline">
      <h2 id="timeline">
        Timeline <span className="quiet">{spanText(to - from)}</span>
      </h2>
      <ol className="timeline">
        {stretches.map(({ row, stretch }) => (
          <Bar key={row.id} row={row} stretch={stretch} scale={scale} />
        ))}
      </ol>
      <p className="ends quiet">
        <ExactMoment at={new Date(from).toISOString()} />
        <ExactMoment at={new Date(to).toISOString()} />
      </p>
    </section>
  );
}

function Bar(props: { readonly row: RecordRow; readonly stretch: Stretch; readonly scale: Scale }): ReactNode {
  const { row, stretch, scale } = props;
  const { from, begun, to } = stretch;
  const times =
    begun === null ? `took ${spanText(to - from)}` : `waited ${spanText(begun - from)}, worked ${spanText(to - begun)}`;
  const title = `${STATE_WORDS[row.state]}: ${times}`;
  return (
    <li>
      <span className="bar-name">{row.name || row.legacyId}</span>
      <span className="track" data-state={row.state} title={title}>
        <span className="unseen">{title}</span>
        {begun === null ? (
          <span className="spanned" style={placed(from, to, scale)} />
        ) : (
          <>
            <span className="waited" style={placed(from, begun, scale)} />
            <span className="worked" style={placed(begun, to, scale)} />
          </>
        )}
      </span>
    </li>
  );
}

function placed(from: number, to: number, scale: Scale): { left: string; width: string } {
  const percent = (milliseconds: number): string => `${((milliseconds / scale.length) * 100).toFixed(3)}%`;
  return { left: percent(from - scale.from), width: percent(to - from) };
}

/** Null where no time was recorded. What has not begun only waits; what is over without a time of its end has no length. */
function stretchOf({ recordedAt, startedAt, finishedAt, state }: RecordRow, now: number): Stretch | null {
  const known = [recordedAt, startedAt].flatMap((time) => (time ? [Date.parse(time)] : []));
  if (known.length === 0) return null;
  const from = Math.min(...known);
  const end = finishedAt ? Date.parse(finishedAt) : isOver(state) ? Math.max(...known) : Math.max(now, ...known);
  if (startedAt) return { from, begun: Date.parse(startedAt), to: Math.max(end, Date.parse(startedAt)) };
  // Some old systems tell the end only, and some builds end without ever beginning.
  return { from, begun: finishedAt ? null : end, to: end };
}
