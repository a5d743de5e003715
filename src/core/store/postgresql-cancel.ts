import pg from 'pg';
import type { OperationScope } from './operation-scope.js';

/** What pg keeps of the server process behind a connection, and does not declare. */
interface ServerProcess {
  readonly processID: number;
  readonly secretKey: number;
}

/** pg's connection as far as it asks for the end of a statement, which it does not declare. */
interface CancelConnection extends pg.Connection {
  connect(port: number | string, host?: string): void;
  cancel(processId: number, secretKey: number): void;
}

/**
 * Sends a statement at once, and has the server end it when the time of its operation is over.
 * @param onCancel told when the server was asked to: the request may come late, so the connection is not to be used for
 * anybody else's statements
 */
export async function cancelledInTime<Result>(
  scope: OperationScope | undefined,
  client: pg.PoolClient,
  send: () => Promise<Result>,
  onCancel: () => void,
): Promise<Result> {
  if (!scope) return send();
  const forget = scope.onTimeout(() => {
    onCancel();
    requestCancel(client);
  });
  try {
    return await send();
  } finally {
    forget();
  }
}

/** PostgreSQL takes the request on a connection of its own, without a log-in; whether it helped is seen by the statement. */
export function requestCancel(client: pg.PoolClient): void {
  const { processID, secretKey } = client as unknown as ServerProcess;
  const connection = new pg.Connection({ keepAlive: false } as never) as CancelConnection;
  // The limit of the statement itself is left then.
  connection.on('error', () => undefined);
  connection.on('connect', () => connection.cancel(processID, secretKey));
  if (client.host.startsWith('/')) connection.connect(`${client.host}/.s.PGSQL.${client.port}`);
  else connection.connect(client.port, client.host);
}
