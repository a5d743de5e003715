import { isUtf8 } from 'node:buffer';
import type { IncomingMessage, Server } from 'node:http';
import { getOperationAST, GraphQLError, OperationTypeNode, type ExecutionArgs, type ExecutionResult } from 'graphql';
import { CloseCode, handleProtocols, makeServer, type ServerOptions, type SubscribePayload } from 'graphql-ws';
import { WebSocketServer, type WebSocket } from 'ws';
import type { SocketLimits } from '../config.js';
import type { Authenticator } from '../core/auth/authenticator.js';
import { isRefusal } from '../core/errors.js';
import type { OperationContext } from '../core/graphql/context.js';
import type { Caller, Gate, OperationRequest } from './execution.js';
import { requestIdFrom } from './request-log.js';
import { CHECK_MS, SocketConnection } from './socket-connection.js';
import { type SocketQuota, SocketQuotas } from './socket-quota.js';
import { Member } from './subscriptions/member.js';

/** What GraphQL over WebSocket is served with. */
export interface GraphqlWsOptions {
  readonly gate: Gate;
  readonly authenticator: Authenticator;
  readonly path: string;
  /** Whether this request may open a socket: its host and path are ours. */
  readonly accepts: (request: IncomingMessage) => boolean;
  /** The address that a request comes from. */
  readonly addressOf: (request: IncomingMessage) => string;
  readonly limits: SocketLimits;
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
/** When a client from whose address too many sockets are open may try again, in seconds. */
const RETRY_AFTER = 10;

interface SocketExtra extends Record<PropertyKey, unknown> {
  readonly connection: SocketConnection;
  readonly request: IncomingMessage;
  readonly requestId: string;
  readonly quota: SocketQuota;
  caller?: Caller;
}

/** GraphQL over WebSocket in the protocol graphql-transport-ws, over the same gate as HTTP. */
export function graphqlWs(server: Server, options: GraphqlWsOptions): GraphqlWs {
  const { accepts, addressOf, limits, messageLimit, path, slowMs, onSlow } = options;
  const quotas = new SocketQuotas(limits);
  const sockets = new WebSocketServer({ noServer: true, maxPayload: messageLimit, path, handleProtocols });
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    if (!accepts(request)) {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    if (!quotas.admits(addressOf(request))) {
      const headers = `Connection: close\r\nRetry-After: ${RETRY_AFTER}\r\nContent-Length: 0`;
      socket.end(`HTTP/1.1 429 Too Many Requests\r\n${headers}\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => sockets.emit('connection', webSocket, request));
  });
  const open = connections(sockets, quotas, options);
  const bounds = { slowMs, idleMs: limits.idleMs };
  const checks = setInterval(() => {
    for (const { connection, requestId } of open) if (connection.check(bounds)) onSlow(requestId);
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
function connections(
  sockets: WebSocketServer,
  quotas: SocketQuotas,
  options: GraphqlWsOptions,
): ReadonlySet<SocketExtra> {
  const protocol = makeServer<Record<string, unknown>, SocketExtra>(protocolHooks(options));
  const open = new Set<SocketExtra>();
  sockets.on('connection', (socket: WebSocket, request: IncomingMessage) => {
    // ws has closed a socket whose client sent a broken or too large frame; without a listener it would end the process.
    socket.on('error', () => undefined);
    const requestId = requestIdFrom(request.headers);
    // Later, because the protocol may refuse the socket before it has said how it is told of the end.
    const onEnd = (code: number, reason: string): void => queueMicrotask(() => void ended(code, reason));
    const connection = new SocketConnection(socket, request.socket, onEnd);
    const quota = quotas.open(options.addressOf(request));
    const extra: SocketExtra = { connection, request, requestId, quota };
    const hear = async (listener: (text: string) => Promise<void>, data: Buffer, isBinary: boolean): Promise<void> => {
      try {
        connection.heard();
        // ws looks at text only; a message that is none is taken as such where it is right.
        if (isBinary && !isUtf8(data)) connection.close(CloseCode.BadRequest, 'Invalid message received');
        else if (connection.isOpen) await listener(String(data));
      } catch (error) {
        options.onFault(error, requestId);
        connection.close(CloseCode.InternalServerError, 'Internal server error');
      }
    };
    open.add(extra);
    socket.on('close', () => {
      open.delete(extra);
      quota.close();
    });
    const ended = protocol.opened(
      {
        protocol: socket.protocol,
        send: (text) => connection.send(text),
        close: (code = CloseCode.InternalServerError, reason = '') => connection.close(code, reason),
        onMessage: (listener) => socket.on('message', (data: Buffer, isBinary) => void hear(listener, data, isBinary)),
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
  limits,
}: GraphqlWsOptions): ServerOptions<Record<string, unknown>, SocketExtra> {
  return {
    connectionInitWaitTimeout: limits.initMs,
    onConnect: async ({ extra, connectionParams }) => {
      const header = credentials(connectionParams) ?? extra.request.headers.authorization;
      try {
        const principal = await authenticator.authenticate(header);
        extra.caller = { principal, requestId: extra.requestId, isGone: () => extra.connection.isGone };
      } catch (error) {
        if (isUnavailable(error)) extra.connection.close(TRY_AGAIN_LATER, 'Try again later');
        else extra.connection.close(CloseCode.Forbidden, 'Forbidden');
        return false;
      }
      return true;
    },
    onSubscribe: ({ extra }, _id, payload) => admitted(gate, extra, payload),
    onOperation: ({ extra: { connection } }, id, _payload, _args, result) => {
      if (!(result instanceof Member)) return;
      connection.follow(result);
      return shown(result, connection, id);
    },
    onComplete: ({ extra: { connection, quota } }, _id, payload) => {
      quota.release(payload);
      connection.answered(payload);
    },
    execute: (args: ExecutionArgs) => gate.execute(toRequest(args)),
    // A subscription becomes a stream when it is known whose it is.
    subscribe: (args: ExecutionArgs) => gate.subscribe(toRequest(args)) as Promise<ExecutionResult>,
  };
}

/** What is to be executed, counted among what the connection has open; or why it is not. */
function admitted(gate: Gate, extra: SocketExtra, payload: SubscribePayload): ExecutionArgs | readonly GraphQLError[] {
  const { query, operationName, variables } = payload;
  const { document, errors } = gate.prepare(query);
  if (!document) return refused(gate, errors);
  const operation = getOperationAST(document, operationName)?.operation;
  if (!operation) return refused(gate, [gate.unresolved(document, operationName) as GraphQLError]);
  const { quota, connection } = extra;
  const caller = callerOf(extra);
  const isSubscription = operation === OperationTypeNode.SUBSCRIPTION;
  const tooMany = isSubscription ? quota.takeSubscription(payload, caller.principal) : quota.takeOperation(payload);
  if (tooMany) return refused(gate, [tooMany]);
  if (!isSubscription) connection.answering(payload);
  const contextValue = gate.context(caller);
  return { schema: gate.schema, document, operationName, variableValues: variables, contextValue };
}

function refused(gate: Gate, errors: readonly GraphQLError[]): readonly GraphQLError[] {
  gate.refused('websocket');
  return errors;
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
