import { CloseCode } from 'graphql-ws';
import type { Authenticator } from '../core/auth/authenticator.js';
import type { SocketConnection } from './socket-connection.js';

/** How often it is asked whether the tokens are still good that WebSockets were opened with. */
export const SIGN_IN_CHECK_MS = 5_000;

/** A WebSocket that may have been opened with a token. */
interface SignedIn {
  readonly connection: SocketConnection;
  /** The `Authorization` header that somebody signed in with. */
  readonly signedInBy?: string;
}

/** Closes the WebSockets whose tokens have ended or were revoked; one statement for all. Rejects when nobody can tell. */
export async function closeEnded(
  sockets: Iterable<SignedIn>,
  authenticator: Pick<Authenticator, 'endedAmong'>,
): Promise<void> {
  const byHeader = Map.groupBy(sockets, ({ signedInBy }) => signedInBy);
  byHeader.delete(undefined);
  const ended = await authenticator.endedAmong([...byHeader.keys()] as string[]);
  for (const header of ended) {
    for (const { connection } of byHeader.get(header)!) connection.close(CloseCode.Forbidden, 'Forbidden');
  }
}
