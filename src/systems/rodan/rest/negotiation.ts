import type { Dialect, DialectRequest, WholeResponse } from '../../../server/dialect.js';
import { told } from './answers.js';

/** Media ranges that JSON is one of. */
const JSON_RANGES: ReadonlySet<string> = new Set(['*/*', 'application/*', 'application/json']);

/**
 * JSON is the only representation: another `format` is 404, an `Accept` that leaves no JSON is 406 (contract rodan,
 * section 3).
 */
export function negotiate({ query, headers }: DialectRequest): WholeResponse | undefined {
  const format = query.last('format') ?? '';
  if (format !== '' && format !== 'json') return told(404, 'Not found.');
  const { accept } = headers;
  if (accept === undefined || takesJson(accept)) return undefined;
  return told(406, 'Could not satisfy the request Accept header.');
}

function takesJson(accept: string): boolean {
  const ranges = accept.split(',').map((range) => range.split(';', 1)[0]!.trim().toLowerCase());
  return ranges.every((range) => range === '') || ranges.some((range) => JSON_RANGES.has(range));
}

/** 301 to the same URI with the slash that it lacks, query kept (contract rodan, section 2). */
export const addSlash: NonNullable<Dialect['redirect']> = ({ path, search, origin, prefix }, isKnown) => {
  const whole = `${path}/`;
  if (path.endsWith('/') || !isKnown(whole)) return undefined;
  return { status: 301, headers: { Location: `${origin}${prefix}${whole}${search}` } };
};
