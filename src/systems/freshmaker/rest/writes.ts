import { BuildgateError } from '../../../core/errors.js';
import type { DialectRequest, DialectResponse, RunOperation } from '../../../server/dialect.js';
import { ok } from './answers.js';
import { recordNumber } from './reads.js';
import { type FullEventFields, type MinEventFields, representWrittenEvent } from './represent.js';

type WrittenEvent = { readonly event: FullEventFields & MinEventFields };

/** PATCH of an event: cancels it (contract freshmaker section 6.1). */
export async function cancelEvent(request: DialectRequest, run: RunOperation): Promise<DialectResponse> {
  const body = isObject(request.body) ? request.body : {};
  if (!Object.hasOwn(body, 'action')) {
    throw new BuildgateError('INVALID', "Missing action in request. Don't know what to do with the event.");
  }
  if (body['action'] !== 'cancel') throw new BuildgateError('INVALID', 'Unsupported action requested.');
  const variables = { legacyId: recordNumber(request.parameters), request: body };
  return written(request, await run<WrittenEvent>('FreshmakerCancelEvent', variables));
}

/** POST of a rebuild (contract freshmaker sections 6.2, 6.3); the checks of the members are the mutation's. */
export function requestRebuild(
  operation: 'FreshmakerRequestRebuild' | 'FreshmakerRequestAsyncRebuild',
): (request: DialectRequest, run: RunOperation) => Promise<DialectResponse> {
  return async (request, run) => {
    if (!isObject(request.body)) throw new BuildgateError('INVALID', 'The request body must be a JSON object.');
    return written(request, await run<WrittenEvent>(operation, { request: request.body }));
  };
}

function written({ parameters, prefix }: DialectRequest, { event }: WrittenEvent): DialectResponse {
  return ok(representWrittenEvent(event, parameters['version']!, prefix));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
