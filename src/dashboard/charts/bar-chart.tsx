import type { ReactNode } from 'react';
import type { State } from '../operations/documents.js';
import { countTicks } from './scale.js';
import { useWidth } from './use-width.js';

/** One bar, of parts upon each other. */
export interface Bar {
  readonly key: string | number;
  /** What it says, in words. */
  readonly title: string;
  readonly parts: readonly { readonly value: number; readonly state?: State }[];
}

/** A word on the axis below the bars, or a line through them; `at` counts in bars from the left. */
interface Mark {
  readonly at: number;
  readonly text: string;
}

interface BarChartProps {
  /** What is shown, in a sentence. */
  readonly label: string;
  readonly bars: readonly Bar[];
  /** Words below the bars, when so many fit. */
  readonly labels: (most: number) => readonly Mark[];
  readonly lines?: readonly Mark[];
}

const HEIGHT = 210;
const TOP = 10;
const LINE_TOP = 22;
const BOTTOM = 24;
const RIGHT = 12;
const DIGIT = 8;
const LETTER = 7;
const LABEL_PX = 64;

/** Where the bars stand. */
interface Plot {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  /** Pixels from one bar to the next. */
  readonly step: number;
  /** Pixels for one. */
  readonly unit: number;
}

/** Bars of counts, as wide as there is room. */
export function BarChart({ label, bars, labels, lines = [] }: BarChartProps): ReactNode {
  const [element, width] = useWidth();
  const ticks = countTicks(Math.max(0, ...bars.map(({ parts }) => sumOf(parts))));
  const largest = ticks.at(-1) ?? 1;
  const left = DIGIT * (largest.toLocaleString('en').length + 1);
  const [right, top, bottom] = [width - RIGHT, lines.length > 0 ? LINE_TOP : TOP, HEIGHT - BOTTOM];
  const step = (right - left) / Math.max(bars.length, 1);
  const plot: Plot = { left, right, top, bottom, step, unit: (bottom - top) / largest };
  return (
    <div ref={element} className="chart">
      <svg role="img" width={width} height={HEIGHT} viewBox={`0 0 ${width} ${HEIGHT}`}>
        <title>{label}</title>
        <CountAxis ticks={ticks} plot={plot} />
        {bars.map((bar, index) => (
          <BarShape key={bar.key} bar={bar} index={index} plot={plot} />
        ))}
        {fitting(labels(Math.floor((right - left) / LABEL_PX)), plot).map(({ at, text }) => (
          <text key={at} className="below" x={left + at * step} y={HEIGHT - 8}>
            {text}
          </text>
        ))}
        {lines.map(({ at, text }, index) => (
          <MarkLine
            key={text}
            x={left + at * step}
            text={text}
            isBefore={index === 0 && lines.length > 1}
            plot={plot}
          />
        ))}
      </svg>
    </div>
  );
}

/** Labels that do not reach beyond the edge. */
function fitting(labels: readonly Mark[], { left, right, step }: Plot): readonly Mark[] {
  return labels.filter(({ at, text }) => left + at * step + text.length * LETTER < right + RIGHT);
}

function CountAxis({ ticks, plot }: { readonly ticks: readonly number[]; readonly plot: Plot }): ReactNode {
  return ticks.map((tick) => {
    const y = plot.bottom - tick * plot.unit;
    return (
      <g key={tick} className="tick">
        <line x1={plot.left} x2={plot.right} y1={y} y2={y} />
        <text x={plot.left - 6} y={y + 4}>
          {tick.toLocaleString('en')}
        </text>
      </g>
    );
  });
}

function BarShape({ bar, index, plot }: { readonly bar: Bar; readonly index: number; readonly plot: Plot }): ReactNode {
  const { left, top, bottom, step, unit } = plot;
  const gap = step > 8 ? 2 : step > 4 ? 1 : 0;
  const x = left + index * step;
  let y = bottom;
  return (
    <g className="bar">
      <title>{bar.title}</title>
      {/* The whole column tells what it says, not only what is filled of it. */}
      <rect className="column" x={x} y={top} width={step} height={bottom - top} />
      {bar.parts.map(({ value, state }) => {
        const height = value * unit;
        y -= height;
        const key = state ?? 'all';
        return (
          value > 0 && (
            <rect
              key={key}
              data-state={state}
              x={x + gap / 2}
              y={y}
              width={Math.max(step - gap, 0.5)}
              height={height}
            />
          )
        );
      })}
    </g>
  );
}

/** A line through the bars with a word above it, on the side where there is room. */
function MarkLine(props: { x: number; text: string; isBefore: boolean; plot: Plot }): ReactNode {
  const { x, text, isBefore, plot } = props;
  const nearRight = x > plot.right - LABEL_PX;
  return (
    <g className="mark">
      <line x1={x} x2={x} y1={plot.top - 4} y2={plot.bottom} />
      <text x={x} y={plot.top - 9} data-side={isBefore || nearRight ? 'before' : 'behind'}>
        {text}
      </text>
    </g>
  );
}

function sumOf(parts: Bar['parts']): number {
  return parts.reduce((sum, { value }) => sum + value, 0);
}
