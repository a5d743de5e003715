import { BuildgateError } from '../../../core/errors.js';
import type { DialectRequest, DialectResponse, RunOperation } from '../../../server/dialect.js';
import { VERSION } from '../../../version.js';
import { isOid } from '../documents.js';
import { answer } from './answers.js';
import { find, type Found, tokenNamed } from './find.js';
import { listQueryOf, projectionOf } from './list-query.js';
import { documentOf, readOne } from './lists.js';
import { projected } from './represent.js';
import type { Resource } from './resources.js';
import { inPieces, jsonList } from './sending.js';

/** Answers a request of a route. */
export type Handler = (request: DialectRequest, run: RunOperation) => Promise<DialectResponse>;

/** Milliseconds since 1970. */
export type Clock = () => number;

/** GET of a collection: a list or, with `aggregate`, the first document of each group. */
export function list(resource: Resource, now: Clock): Handler {
  return async ({ query }, run) => inPieces(listText(await find(run, resource, query, now())));
}

async function* listText(found: Found): AsyncGenerator<string, void> {
  const { limit, skip } = found.query.window;
  if (found.groups) {
    yield `{"code":200,"limit":${limit},"result":${JSON.stringify(found.groups)}}`;
    return;
  }
  yield `{"code":200,"count":${found.count},"limit":${limit},"skip":${skip},"result":`;
  yield* jsonList(found.slices);
  yield '}';
}

/**
 * GET of one document (contract kernelci section 5.7).
 * @param key the member that the id of the URI is looked up by
 */
export function one(resource: Resource, key = '_id'): Handler {
  return async ({ query, parameters }, run) => {
    const id = idOf(parameters);
    const document = await readOne(run, resource, { name: key, type: 'oid', anyOf: [id.toLowerCase()] });
    if (document === undefined) throw unknown(id);
    return answer(200, { result: [projected(document, projectionOf(query))] });
  };
}

/** @throws BuildgateError INVALID when it is none */
function idOf({ id }: DialectRequest['parameters']): string {
  if (!isOid(id!)) throw new BuildgateError('INVALID', 'Wrong ID value provided');
  return id!;
}

function unknown(id: string): BuildgateError {
  return new BuildgateError('NOT_FOUND', `Resource '${id}' not found`);
}

/** GET of a token by its value. */
export const tokenByValue: Handler = async ({ query, parameters }, run) => {
  const value = parameters['value']!;
  const node = await tokenNamed(run, value);
  if (node === null) throw unknown(value);
  return answer(200, { result: [projected(documentOf(node), projectionOf(query))] });
};

/** GET of the regressions of boots: the gateway keeps those of tests only. */
export const noDocuments: Handler = async ({ query }) => {
  const listQuery = listQueryOf(query);
  return inPieces(listText({ query: listQuery, count: 0, slices: nothing() }));
};

async function* nothing(): AsyncGenerator<never, void> {}

/** GET of the regressions of one boot. */
export const noDocument: Handler = async ({ parameters }) => {
  throw unknown(idOf(parameters));
};

/** GET of the version of the software. */
export const version: Handler = async () => answer(200, { result: [{ version: VERSION, full_version: VERSION }] });
