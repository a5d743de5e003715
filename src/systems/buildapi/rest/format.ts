import type { DialectRequest } from '../../../server/dialect.js';

/** The two names of the same resources (contract buildapi section 2.1). */
export const GENERATIONS = ['builds', 'self-serve'] as const;

/** First segments that are no branch. */
type Generation = (typeof GENERATIONS)[number];

/** The generation under which a request came; the later one for addresses outside of both. */
export function generationOf({ path }: Pick<DialectRequest, 'path'>): Generation {
  const first = path.split('/')[1];
  return GENERATIONS.find((name) => name === first) ?? 'self-serve';
}

/**
 * Whether a request wants JSON (section 2.2). Under a generation: `format` of the query, the last one; else an `Accept`
 * that contains `application/json`. A generation by itself is HTML, and elsewhere only `format` is looked at.
 */
export function wantsJson({ path, query, headers }: Pick<DialectRequest, 'path' | 'query' | 'headers'>): boolean {
  const [, first, second] = path.split('/');
  const format = query.last('format');
  if (!GENERATIONS.some((name) => name === first)) return format === 'json';
  if (second === undefined) return false;
  return format === undefined ? (headers.accept ?? '').includes('application/json') : format === 'json';
}
