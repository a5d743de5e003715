import type { IncomingMessage, Server } from 'node:http';
import { GraphQLError, type ExecutionArgs } from 'graphql';
import { CloseCode } from 'graphql-ws';
import { useServer, type Extra } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import type { Authenticator } from '../core/auth/authenticator.js';
import type { OperationContext } from '../core/graphql/context.js';
import type { Caller, Gate, OperationRequest } from './execution.js';
import { requestIdFrom } from './request-log.js';

/** What GraphQL over WebSocket is served with. */
export interface GraphqlWsOptions {
  readonly gate: Gate;
  readonly authenticator: Authenticator;
  readonly path: string;
  /** Whether this request may open a socket: its host and path are ours. */
  readonly accepts: (request: IncomingMessage) => boolean;
  /** Most bytes of one message. */
  readonly messageLimit: number;
  readonly onFault: (error: unknown, requestId: string) => void;
}

const GOING_AWAY = 1001;
const INIT_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_MS = 12_000;

type SocketExtra = Extra & Record<PropertyKey, unknown> & { caller?: Caller };

/** GraphQL over WebSocket in the protocol graphql-transport-ws, over the same gate as HTTP. */
export function graphqlWs(server: Server, options: GraphqlWsOptions): { stop: () => Promise<void> } {
  const { gate, authenticator } = options;
  const sockets = new WebSocketServer({ noServer: true, maxPayload: options.messageLimit, path: options.path });
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    if (!options.accepts(request)) {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => sockets.emit('connection', webSocket, request));
  });
  const disposable = useServer<Record<string, unknown>, SocketExtra>(
    {
      connectionInitWaitTimeout: INIT_TIMEOUT_MS,
      onConnect: async (context) => {
        const { extra, connectionParams } = context;
        const header = credentials(connectionParams) ?? extra.request.headers.authorization;
        const requestId = requestIdFrom(extra.request.headers);
        try {
          extra.caller = { principal: await authenticator.authenticate(header), requestId };
        } catch {
          extra.socket.close(CloseCode.Forbidden, 'Forbidden');
          return false;
        }
        return true;
      },
      onSubscribe: ({ extra }, _id, { query, operationName, variables }) => {
        const { document, errors } = gate.prepare(query);
        const unresolved = document && gate.unresolved(document, operationName);
        if (!document || unresolved) {
          gate.refused('websocket');
          return errors ?? [unresolved as GraphQLError];
        }
        const context = gate.context(callerOf(extra));
        return { schema: gate.schema, document, operationName, variableValues: variables, contextValue: context };
      },
      execute: (args: ExecutionArgs) => gate.execute(toRequest(args)),
      subscribe: (args: ExecutionArgs) => gate.subscribe(toRequest(args)),
    },
    sockets,
    KEEP_ALIVE_MS,
  );
  sockets.on('connection', (webSocket) => {
    // ws has closed a socket whose client sent a broken or too large frame. The protocol's own listener would print a
    // stack trace for it, and without any listener it would end the process.
    webSocket.removeAllListeners('error').on('error', () => undefined);
  });
  return {
    stop: async () => {
      for (const client of sockets.clients) client.close(GOING_AWAY, 'Going away');
      await disposable.dispose();
    },
  };
}

function credentials(params: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const [, header] = Object.entries(params ?? {}).find(([name]) => name.toLowerCase() === 'authorization') ?? [];
  // What is no text is no token either: refused like one, instead of taken for none.
  return header === undefined || header === null ? undefined : String(header);
}

function callerOf(extra: SocketExtra): Caller {
  if (!extra.caller) throw new GraphQLError('The connection was not initialised.');
  return extra.caller;
}

function toRequest({ document, operationName, variableValues, contextValue }: ExecutionArgs): OperationRequest {
  return {
    document,
    operationName,
    variables: variableValues as OperationRequest['variables'],
    context: contextValue as OperationContext,
    transport: 'websocket',
  };
}
