import type { ServerResponse } from 'node:http';

/** A response with what the server notes about it on the way to the answer; Express takes the notes over. */
export interface NotedResponse extends ServerResponse {
  /** `requestId`, `route`, `resource`, `transport`, `details`, `keeper`. */
  readonly locals: Record<string, unknown>;
}

/** A response with an empty page for notes. */
export function withNotes(response: ServerResponse): NotedResponse {
  return Object.assign(response, { locals: {} });
}
