import type { ReactNode } from 'react';
import { useNow } from './clock.js';

const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' });
const exact = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });

/** How long ago, in the largest unit that there is one of: `3 min. ago`; within a minute `just now`. */
export function ago(time: number, now: number): string {
  const seconds = (now - time) / 1_000;
  const unit = UNITS.find(([, size]) => Math.abs(seconds) >= size);
  return unit ? relative.format(-Math.trunc(seconds / unit[1]), unit[0]) : 'just now';
}

const SPANS: readonly (readonly [string, number])[] = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
];

/** A span of time in its two largest units: `2 h 5 min`. */
export function spanText(milliseconds: number): string {
  let rest = Math.max(0, Math.round(milliseconds / 1_000));
  const largest = SPANS.findIndex(([, size]) => rest >= size);
  if (largest === -1) return '0 s';
  const parts = SPANS.slice(largest, largest + 2).map(([word, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return `${count} ${word}`;
  });
  return parts.join(' ');
}

/** A time: how long ago, and exactly when as one points at it; both for screen readers. */
export function Moment({ at }: { readonly at: string | null | undefined }): ReactNode {
  const now = useNow();
  if (!at) return <span className="quiet">not recorded</span>;
  const words = exact.format(Date.parse(at));
  return (
    <time dateTime={at} title={words}>
      {ago(Date.parse(at), now)}
      <span className="unseen"> ({words})</span>
    </time>
  );
}

/** An exact time, with how long ago as one points at it. */
export function ExactMoment({ at }: { readonly at: string | null | undefined }): ReactNode {
  const now = useNow();
  if (!at) return <span className="quiet">not recorded</span>;
  return (
    <time dateTime={at} title={ago(Date.parse(at), now)}>
      {exact.format(Date.parse(at))}
    </time>
  );
}

/** How long something took; while it runs, so far. */
export function Span(props: { readonly from?: string | null; readonly to?: string | null }): ReactNode {
  if (!props.from) return null;
  return props.to ? spanText(Date.parse(props.to) - Date.parse(props.from)) : <SpanSoFar from={props.from} />;
}

function SpanSoFar({ from }: { readonly from: string }): ReactNode {
  return `${spanText(useNow() - Date.parse(from))} so far`;
}
