import type { DialectRequest, WholeResponse } from '../../../server/dialect.js';
import { parseJson, UnreadableBody } from '../../../server/request-body.js';
import { answer } from './answers.js';

/** Largest body in bytes; documents and batches are larger than what most servers take. */
export const BODY_LIMIT = 32 * 1024 * 1024;

/** A body as JSON, or the answer that refuses it. */
export type JsonBody =
  | { readonly value: unknown; readonly refusal?: undefined }
  | { readonly value?: undefined; readonly refusal: WholeResponse };

/**
 * Reads a body that came as bytes (contract kernelci section 6): first the content type, whose parameters do not matter,
 * then the JSON, of which any is taken.
 * @param wrongType what is said of another content type
 */
export function jsonBody({ headers, body, method }: DialectRequest, wrongType: string): JsonBody {
  if (!/^application\/json/i.test(headers['content-type'] ?? ''))
    return { refusal: answer(415, { reason: wrongType }) };
  try {
    return { value: parseJson(body as Uint8Array, true) };
  } catch (error) {
    if (!(error instanceof UnreadableBody)) throw error;
    return { refusal: answer(422, { reason: `No JSON data found in the ${method} request` }) };
  }
}

/** A body that is JSON and yet not what is asked for. @param errors what is wrong with it */
export function invalidJson(errors?: readonly string[]): WholeResponse {
  return answer(400, { reason: 'Provided JSON is not valid', ...(errors && { errors }) });
}
