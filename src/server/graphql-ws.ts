import type { IncomingMessage, Server } from 'node:http';
import { getOperationAST, GraphQLError, OperationTypeNode, type ExecutionArgs, type ExecutionResult } from 'graphql';
import { CloseCode, handleProtocols, makeServer, type ServerOptions } from 'graphql-ws';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Authenticator } from '../core/auth/authenticator.js';
import type { Principal } from '../core/auth/principal.js';
import type { SignInLimit } from '../core/auth/sign-in-limit.js';
import { isRefusal } from '../core/errors.js';
import type { OperationContext } from '../core/graphql/context.js';
import { callerAddress } from './caller-address.js';
import type { Caller, Gate, OperationRequest } from './execution.js';
import type { GraphqlOrigins } from './graphql-origins.js';
import { requestIdFrom } from './request-log.js';
import { CHECK_MS, SocketConnection } from './socket-connection.js';
import { Member } from './subscriptions/member.js';

/** What GraphQL over WebSocket is served with. */
export interface GraphqlWsOptions {
  readonly gate: Gate;
  readonly authenticator: Authenticator;
  readonly signIns: SignInLimit;
  /** Whether a peer is a proxy whose `X-Forwarded-For` counts. */
  readonly trusts: (address: string | undefined) => boolean;
  readonly path: string;
  /** Whether this request may open a socket: its host and path are ours. */
  readonly accepts: (request: IncomingMessage) => boolean;
  /** Which pages may open a socket, and which of them with the credentials that browsers send by themselves. */
  readonly origins: Pick<GraphqlOrigins, 'mayOpenSocket' | 'isOwn'>;
  /** Most bytes of one message. */
  readonly messageLimit: number;
  /** How long something may wait for a client that takes nothing. */
  readonly slowMs: number;
  /** Told of each client that was too slow. */
  readonly onSlow: (requestId: string) => void;
  readonly onFault: (error: unknown, requestId: string) => void;
}

/** GraphQL over WebSocket while it is served. */
export interface GraphqlWs {
  /** Bytes that clients have not taken. */
  readonly unsentBytes: () => number;
  /** Answers what is being asked, tells every client where to resume, and resolves when all have gone. */
  readonly stop: () => Promise<void>;
}

const TRY_AGAIN_LATER = 1013;
const INIT_TIMEOUT_MS = 10_000;

interface SocketExtra extends Record<PropertyKey, unknown> {
  readonly connection: SocketConnection;
  readonly request: IncomingMessage;
  readonly requestId: string;
  caller?: Caller;
}

/** GraphQL over WebSocket in the protocol graphql-transport-ws, over the same gate as HTTP. */
export function graphqlWs(server: Server, options: GraphqlWsOptions): GraphqlWs {
  const { accepts, origins, messageLimit, path, slowMs, onSlow } = options;
  const sockets = new WebSocketServer({ noServer: true, maxPayload: messageLimit, path, handleProtocols });
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    if (!accepts(request)) {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    if (!origins.mayOpenSocket(request)) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => sockets.emit('connection', webSocket, request));
  });
  const open = connections(sockets, options);
  const checks = setInterval(() => {
    for (const { connection, requestId } of open) if (connection.check(slowMs)) onSlow(requestId);
  }, CHECK_MS).unref();
  return {
    unsentBytes: () => [...open].reduce((sum, { connection }) => sum + connection.unsentBytes, 0),
    stop: async () => {
      for (const { connection } of open) connection.finish();
      await new Promise<void>((resolve) => sockets.close(() => resolve()));
      clearInterval(checks);
    },
  };
}

/** Serves the protocol on every socket; the connections that are open, as they come and go. */
function connections(sockets: WebSocketServer, options: GraphqlWsOptions): ReadonlySet<SocketExtra> {
  const protocol = makeServer<Record<string, unknown>, SocketExtra>(protocolHooks(options));
  const open = new Set<SocketExtra>();
  sockets.on('connection', (socket: WebSocket, request: IncomingMessage) => {
    // ws has closed a socket whose client sent a broken or too large frame; without a listener it would end the process.
    socket.on('error', () => undefined);
    const requestId = requestIdFrom(request.headers);
    // Later, because the protocol may refuse the socket before it has said how it is told of the end.
    const onEnd = (code: number, reason: string): void => queueMicrotask(() => void ended(code, reason));
    const connection = new SocketConnection(socket, request.socket, onEnd);
    const extra: SocketExtra = { connection, request, requestId };
    const hear = async (listener: (text: string) => Promise<void>, data: unknown): Promise<void> => {
      try {
        if (connection.isOpen) await listener(String(data));
      } catch (error) {
        options.onFault(error, requestId);
        connection.close(CloseCode.InternalServerError, 'Internal server error');
      }
    };
    open.add(extra);
    socket.on('close', () => open.delete(extra));
    const ended = protocol.opened(
      {
        protocol: socket.protocol,
        send: (text) => connection.send(text),
        close: (code = CloseCode.InternalServerError, reason = '') => connection.close(code, reason),
        onMessage: (listener) => socket.on('message', (data) => void hear(listener, data)),
      },
      extra,
    );
  });
  return open;
}

/** What the protocol asks of the gate. */
function protocolHooks({
  gate,
  authenticator,
  origins,
  signIns,
  trusts,
}: GraphqlWsOptions): ServerOptions<Record<string, unknown>, SocketExtra> {
  return {
    connectionInitWaitTimeout: INIT_TIMEOUT_MS,
    onConnect: async ({ extra, connectionParams }) => {
      const { request } = extra;
      const header =
        credentials(connectionParams) ?? (origins.isOwn(request) ? request.headers.authorization : undefined);
      try {
        const address = callerAddress(request, trusts);
        const signIn = (): Promise<Principal> => authenticator.authenticate(header);
        const attempt = { address, name: undefined, credentials: header ?? '' };
        const principal = header?.trim() ? await signIns.guard(attempt, signIn) : await signIn();
        extra.caller = { principal, requestId: extra.requestId, address };
      } catch (error) {
        if (isUnavailable(error) || isRefusal(error, 'RATE_LIMITED'))
          extra.connection.close(TRY_AGAIN_LATER, 'Try again later');
        else extra.connection.close(CloseCode.Forbidden, 'Forbidden');
        return false;
      }
      return true;
    },
    onSubscribe: ({ extra }, _id, payload) => {
      const { query, operationName, variables } = payload;
      const { document, errors } = gate.prepare(query);
      const unresolved = document && gate.unresolved(document, operationName);
      if (!document || unresolved) {
        gate.refused('websocket');
        return errors ?? [unresolved as GraphQLError];
      }
      const isSubscription = getOperationAST(document, operationName)?.operation === OperationTypeNode.SUBSCRIPTION;
      if (!isSubscription) extra.connection.answering(payload);
      const context = gate.context(callerOf(extra));
      return { schema: gate.schema, document, operationName, variableValues: variables, contextValue: context };
    },
    onOperation: ({ extra: { connection } }, id, _payload, _args, result) => {
      if (!(result instanceof Member)) return;
      connection.follow(result);
      return shown(result, connection, id);
    },
    onComplete: ({ extra }, _id, payload) => extra.connection.answered(payload),
    execute: (args: ExecutionArgs) => gate.execute(toRequest(args)),
    // A subscription becomes a stream when it is known whose it is.
    subscribe: (args: ExecutionArgs) => gate.subscribe(toRequest(args)) as Promise<ExecutionResult>,
  };
}

/** A subscription as the protocol sees it: a stream that begins, gives nothing (changes go out beside it) and ends. */
function shown(subscription: Member, connection: SocketConnection, id: string): AsyncGenerator<never, void> {
  const done = { value: undefined, done: true } as const;
  const stop = async () => {
    subscription.stop();
    return done;
  };
  return {
    next: async () => {
      await subscription.show(connection, id);
      return done;
    },
    return: stop,
    throw: stop,
    [Symbol.asyncIterator]() {
      return this;
    },
    [Symbol.asyncDispose]: async () => subscription.stop(),
  };
}

/** Whether the database could not be asked who the caller is. */
function isUnavailable(error: unknown): boolean {
  return isRefusal(error, 'UNAVAILABLE');
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
