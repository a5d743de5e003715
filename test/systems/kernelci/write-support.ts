import type { Reply } from '../../support/http.js';
import { TOKENS } from './rest-fixture.js';
import type { KernelciServer } from './rest-support.js';

/** Texts of `errors` and reasons that several tests ask for. */
export const ACCEPTED = { code: 202, reason: 'Request accepted and being imported' };

/** A JSON body with a token. */
export interface Written {
  readonly as?: string | null;
  readonly type?: string | null;
  readonly host?: string;
}

/** Sends a body as JSON; the administrator's unless told. Text is sent as it is. */
export function write(
  server: KernelciServer,
  method: string,
  path: string,
  body?: string | Uint8Array | object,
  { as = TOKENS.admin, type = 'application/json', host }: Written = {},
): Promise<Reply> {
  return server.send(method, path, {
    as,
    ...(host !== undefined && { host }),
    ...(body !== undefined && { body }),
    headers: type === null ? {} : { 'Content-Type': type },
  });
}

/** Status and body of the answer; throws when `code` is not the status. */
export async function written(...call: Parameters<typeof write>): Promise<any> {
  const { status, json, text } = await write(...call);
  if (json.code !== status) throw new Error(`${call[1]} ${call[2]}: ${status} with ${text}`);
  return json;
}

/** Documents that a list shows to the administrator. */
export async function found(server: KernelciServer, path: string): Promise<any[]> {
  return (await server.read(path, { as: TOKENS.admin })).result;
}

/** The only document that a list shows. */
export async function only(server: KernelciServer, path: string): Promise<any> {
  const documents = await found(server, path);
  if (documents.length !== 1) throw new Error(`${path}: ${documents.length} documents`);
  return documents[0];
}
