import { isJsonObject } from '../../../core/json.js';
import { RawQuery } from '../../../server/raw-query.js';

/** One read of a batch (contract kernelci section 6.7). Members of other types than these are as if not given. */
export interface BatchOperation {
  readonly isGet: boolean;
  readonly resource: string | null;
  /** Name of a collection for a count, else an id. */
  readonly document: string | null;
  readonly query: RawQuery;
  readonly distinct: string | null;
  /** Any JSON value, to be sent back; undefined when none was given. */
  readonly operationId: unknown;
}

const KEYS: ReadonlySet<string> = new Set(['method', 'resource', 'document', 'query', 'operation_id', 'distinct']);

/** The operations of a batch; undefined when the value is no batch. */
export function batchOperations(value: unknown): BatchOperation[] | undefined {
  const batch = isJsonObject(value) ? value['batch'] : undefined;
  if (!Array.isArray(batch) || batch.length === 0) return undefined;
  const operations = batch.map(operationOf);
  return operations.every((operation) => operation !== undefined) ? operations : undefined;
}

function operationOf(value: unknown): BatchOperation | undefined {
  if (!isJsonObject(value) || Object.keys(value).some((key) => !KEYS.has(key))) return undefined;
  const text = (key: string): string | null => {
    const given = value[key];
    return typeof given === 'string' && given !== '' ? given : null;
  };
  return {
    isGet: text('method') === 'GET',
    resource: text('resource'),
    document: text('document'),
    query: batchQuery(text('query') ?? ''),
    distinct: text('distinct'),
    operationId: value['operation_id'],
  };
}

/**
 * The query of an operation: pieces without exactly one `=` do not count, and `+` stays what it is, other than in the
 * query of a URI.
 */
export function batchQuery(text: string): RawQuery {
  const pieces = text
    .replace(/^\?/, '')
    .split('&')
    .filter((piece) => piece.split('=').length === 2)
    .map((piece) => piece.replaceAll('+', '%2B'));
  // Queries have one character for each byte.
  return new RawQuery(Buffer.from(pieces.join('&')).toString('latin1'));
}
