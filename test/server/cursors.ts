import type { GraphqlAnswer } from '../support/server.js';
import type { ProtocolSocket } from './protocol-socket.js';

/** Cursors that a subscription to `stateChanged` brings, until one is the last. */
export async function cursorsTo(socket: ProtocolSocket, last: string): Promise<string[]> {
  const cursors: string[] = [];
  while (cursors.at(-1) !== last) cursors.push((await socket.next('next')).payload.data.stateChanged.cursor);
  return cursors;
}

/** Cursors of all state changes there are, oldest first. */
export async function loggedCursors(gateway: {
  graphql(query: string, variables: object): Promise<GraphqlAnswer>;
}): Promise<string[]> {
  const query = 'query ($after: String) { stateChanges(first: 100, after: $after) { nodes { cursor } } }';
  const cursors: string[] = [];
  for (;;) {
    const { data } = await gateway.graphql(query, { after: cursors.at(-1) ?? '0' });
    const { nodes } = data.stateChanges;
    if (nodes.length === 0) return cursors;
    cursors.push(...nodes.map(({ cursor }: { cursor: string }) => cursor));
  }
}
