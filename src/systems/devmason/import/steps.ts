import { Place, RowFields, shown } from '../../../core/import/fields.js';
import type { OffsetTime } from '../../../core/time.js';
import { parseReported } from '../dates.js';
import { indexedTextOf, optionalTimeOf } from './values.js';

/** One of the `results` of a build. */
export interface ReadStep {
  /** Place among them, from 1. */
  readonly number: number;
  readonly name: string;
  readonly success: boolean;
  readonly started: OffsetTime;
  readonly finished: OffsetTime;
  /** When it counts as received: microseconds since 1970. */
  readonly reportedAt: number;
  /** JSON texts: two strings and an object. JSON, because a string may hold what a column of text may not. */
  readonly output: readonly [output: string, errout: string, extra: string];
  /** Bytes of them. */
  readonly size: number;
}

/** Those of the build. */
interface Times {
  readonly started: OffsetTime;
  readonly finished: OffsetTime;
  readonly reportedAt: number;
}

const FIELDS = new Set(['success', 'started', 'finished', 'name', 'output', 'errout']);

/**
 * Reads the steps of a build; one without times has those of the build.
 * @throws BuildgateError INVALID naming row and field
 */
export function readSteps(build: RowFields, place: Place, times: Times): ReadStep[] {
  build.value('results');
  const received = receivedOf(build);
  return build.list('results').map((value, index) => {
    const reportedAt = received[index] ?? times.reportedAt;
    return readStep(value, new Place('results', index, place), { ...times, reportedAt });
  });
}

/** When each step was received, where that is said: beside the steps, whose own members may have any name. */
function receivedOf(build: RowFields): number[] {
  return build.texts('results_received').map((text, index) => {
    const time = parseReported(text);
    if (!time) throw build.refusal(`results_received[${index}]`, `not a time: ${shown(text)}.`);
    return time.at;
  });
}

function readStep(value: unknown, place: Place, times: Times): ReadStep {
  const fields = new RowFields(value, place, '');
  fields.value('success');
  const extra = Object.entries(value as object).filter(([key]) => !FIELDS.has(key));
  const output = [
    textOf(fields, 'output'),
    textOf(fields, 'errout'),
    JSON.stringify(Object.fromEntries(extra)),
  ] as const;
  return {
    number: place.index + 1,
    name: indexedTextOf(fields, 'name'),
    success: fields.boolean('success', false),
    started: optionalTimeOf(fields, 'started', times.started),
    finished: optionalTimeOf(fields, 'finished', times.finished),
    reportedAt: times.reportedAt,
    output,
    size: output.reduce((sum, text) => sum + Buffer.byteLength(text), 0),
  };
}

/** The JSON text of a string; empty when it is absent or null. */
function textOf(fields: RowFields, field: string): string {
  if (!fields.has(field) || fields.isNull(field)) return '""';
  const value = fields.value(field);
  if (typeof value !== 'string') throw fields.refusal(field, `must be a text, not ${shown(value)}.`);
  return JSON.stringify(value);
}
