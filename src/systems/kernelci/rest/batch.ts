import { BuildgateError } from '../../../core/errors.js';
import type { RunOperation } from '../../../server/dialect.js';
import { isOid } from '../documents.js';
import { type BatchOperation, batchOperations } from './batch-operations.js';
import { find } from './find.js';
import { invalidJson, jsonBody } from './json-body.js';
import { COUNTED } from './keys.js';
import { projectionOf } from './list-query.js';
import { readOne } from './lists.js';
import type { Clock, Handler } from './reads.js';
import { projected } from './represent.js';
import { countedNamed, countedResource, type Resource } from './resources.js';
import { inPieces, jsonList } from './sending.js';
import { countDocuments, distinctValues } from './values.js';

/** POST of several reads at once, answered in their order (contract kernelci section 6.7). */
export function batch(now: Clock): Handler {
  return async (request, run) => {
    const { value, refusal } = jsonBody(request, 'Wrong content type defined');
    if (refusal) return refusal;
    const operations = batchOperations(value);
    return operations ? inPieces(batchText(operations, run, now())) : invalidJson();
  };
}

type Pieces = AsyncGenerator<string, void>;

async function* batchText(operations: readonly BatchOperation[], run: RunOperation, now: number): Pieces {
  let separator = '{"code":200,"result":[';
  for (const operation of operations) {
    yield separator;
    yield* entryText(operation, run, now);
    separator = ',';
  }
  yield ']}';
}

/** The entry of one operation; null for one of an unknown resource. */
async function* entryText(operation: BatchOperation, run: RunOperation, now: number): Pieces {
  const { resource: name, isGet, operationId } = operation;
  const resource = name === null ? undefined : countedResource(name);
  if (resource === undefined && name !== 'count') {
    yield 'null';
    return;
  }
  yield operationId === undefined ? '{"result":' : `{"operation_id":${JSON.stringify(operationId)},"result":`;
  yield* isGet ? resultText(operation, resource, run, now) : '[]';
  yield '}';
}

/** What an operation finds; one that cannot be understood finds nothing. */
async function* resultText(
  operation: BatchOperation,
  resource: Resource | undefined,
  run: RunOperation,
  now: number,
): Pieces {
  try {
    if (resource === undefined) yield JSON.stringify(await counted(operation, run, now));
    else if (operation.distinct !== null) yield JSON.stringify(await values(operation, resource, run, now));
    else if (operation.document !== null) yield JSON.stringify(await single(operation, resource, run));
    else yield* foundText(operation, resource, run, now);
  } catch (error) {
    if (!(error instanceof BuildgateError) || error.code !== 'INVALID') throw error;
    yield '[]';
  }
}

async function counted(
  { document, distinct, query }: BatchOperation,
  run: RunOperation,
  now: number,
): Promise<readonly unknown[]> {
  if (document === null) return countDocuments(run, COUNTED, query, now);
  const collection = countedNamed(document);
  if (collection === undefined) return [];
  if (distinct === null) return countDocuments(run, [collection], query, now);
  const found = await distinctValues(run, countedResource(document)!, distinct, query, now);
  return found === undefined ? [] : [{ field: distinct, count: found.length, resource: document }];
}

async function values(
  { distinct, query }: BatchOperation,
  resource: Resource,
  run: RunOperation,
  now: number,
): Promise<readonly unknown[]> {
  const result = await distinctValues(run, resource, distinct!, query, now);
  return result === undefined ? [] : [{ result, count: result.length }];
}

async function single(
  { document, query }: BatchOperation,
  resource: Resource,
  run: RunOperation,
): Promise<readonly unknown[]> {
  if (!isOid(document!)) return [];
  const found = await readOne(run, resource, { name: '_id', type: 'oid', anyOf: [document!.toLowerCase()] });
  return found === undefined ? [] : [projected(found, projectionOf(query))];
}

async function* foundText({ query }: BatchOperation, resource: Resource, run: RunOperation, now: number): Pieces {
  const found = await find(run, resource, query, now);
  if (found.groups) {
    yield JSON.stringify(found.groups);
    return;
  }
  yield '[{"result":';
  yield* jsonList(found.slices);
  yield `,"count":${found.count},"limit":${found.query.window.limit}}]`;
}
