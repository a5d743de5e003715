import { isUtf8 } from 'node:buffer';
import type { IncomingMessage, Server } from 'node:http';
import { getOperationAST, GraphQLError, OperationTypeNode, type ExecutionArgs, type ExecutionResult } from 'graphql';
import { CloseCode, handleProtocols, makeServer, type ServerOptions, type SubscribePayload } from 'graphql-ws';
import { WebSocketServer, type WebSocket } from 'ws';
import type { SocketLimits } from '../config.js';
import type { Authenticator } from '../core/auth/authenticator.js';
import type { Principal } from '../core/auth/principal.js';
import type { SignInLimit } from '../core/auth/sign-in-limit.js';
import { type BuildgateError, isRefusal } from '../core/errors.js';
import type { OperationContext } from '../core/graphql/context.js';
import { RETRY_SECONDS } from './doors/doors.js';
import { plainAnswer } from './doors/http-limits.js';
import type { AskedDocument } from './documents/asked-document.js';
import type { Documents } from './documents/documents.js';
import type { Caller, Gate, OperationRequest } from './execution.js';
import type { GraphqlOrigins } from './graphql-origins.js';
import { requestIdFrom } from './request-log.js';
import { CHECK_MS, SocketConnection } from './socket-connection.js';
import { type SocketQuota, SocketQuotas } from './socket-quota.js';
import { closeEnded, SIGN_IN_CHECK_MS } from './socket-sign-ins.js';
import { Member } from './subscriptions/member.js';

/** What GraphQL over WebSocket is served with. */
export interface GraphqlWsOptions {
  readonly gate: Gate;
  /** Finds the document that a request asks for. */
  readonly documents: Documents;
  readonly authenticator: Authenticator;
  readonly signIns: SignInLimit;
  readonly path: string;
  /** Whether this request may open a socket: its host and path are ours. */
  readonly accepts: (request: IncomingMessage) => boolean;
  /** Which pages may open a socket, and which of them with the credentials that browsers send by themselves. */
  readonly origins: Pick<GraphqlOrigins, 'mayOpenSocket' | 'isOwn'>;
  /** The address that a request comes from. */
  readonly addressOf: (request: IncomingMessage) => string;
  readonly limits: SocketLimits;
  /** Whether there is too much to do for another socket. */
  readonly isOverloaded: () => boolean;
  /** Why an operation of so many rows is not taken on now; undefined when it is. */
  readonly admit: (
    request: IncomingMessage,
    principal: Principal,
    rows: number,
  ) => Promise<BuildgateError | undefined> | BuildgateError | undefined;
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
  signedInBy?: string;
}

/** GraphQL over WebSocket in the protocol graphql-transport-ws, over the same gate as HTTP. */
export function graphqlWs(server: Server, options: GraphqlWsOptions): GraphqlWs {
  const { limits, messageLimit, path, slowMs, onSlow } = options;
  const quotas = new SocketQuotas(limits);
  const sockets = new WebSocketServer({ noServer: true, maxPayload: messageLimit, path, handleProtocols });
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    const refusal = refusalOf(request, quotas, options);
    if (refusal !== undefined) {
      socket.end(refusal);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => sockets.emit('connection', webSocket, request));
  });
  const open = connections(sockets, quotas, options);
  const bounds = { slowMs, idleMs: limits.idleMs };
  const checks = setInterval(() => {
    for (const { connection, requestId } of open) if (connection.check(bounds)) onSlow(requestId);
  }, CHECK_MS).unref();
  // A database that is away cannot tell; the next look will.
  const look = (): void => void closeEnded(open, options.authenticator).catch(() => undefined);
  const signIns = setInterval(look, SIGN_IN_CHECK_MS).unref();
  return {
    unsentBytes: () => [...open].reduce((sum, { connection }) => sum + connection.unsentBytes, 0),
    stop: async () => {
      for (const { connection } of open) connection.finish();
      await new Promise<void>((resolve) => sockets.close(() => resolve()));
      clearInterval(checks);
      clearInterval(signIns);
    },
  };
}

/** Why a request may not open a socket, as a whole HTTP answer; undefined where it may. */
function refusalOf(
  request: IncomingMessage,
  quotas: SocketQuotas,
  { accepts, origins, addressOf, isOverloaded }: GraphqlWsOptions,
): string | undefined {
  if (!accepts(request)) return plainAnswer(404);
  if (!origins.mayOpenSocket(request)) return plainAnswer(403);
  if (isOverloaded()) return plainAnswer(503, `Retry-After: ${RETRY_SECONDS}\r\n`);
  if (!quotas.admits(addressOf(request))) return plainAnswer(429, `Retry-After: ${RETRY_AFTER}\r\n`);
  return undefined;
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
        // The protocol throws at these instead of refusing them as it does other nonsense.
        if (isOfServers(data)) return connection.close(CloseCode.BadRequest, 'Invalid message received');
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

const OF_SERVERS: readonly unknown[] = ['connection_ack', 'next', 'error'];

/** Whether a client sent a message that only a server may send. */
function isOfServers(data: unknown): boolean {
  try {
    return OF_SERVERS.includes((JSON.parse(String(data)) as { readonly type?: unknown }).type);
  } catch {
    return false;
  }
}

/** What the protocol asks of the gate. */
function protocolHooks(options: GraphqlWsOptions): ServerOptions<Record<string, unknown>, SocketExtra> {
  const { gate, authenticator, signIns, addressOf, limits, origins } = options;
  return {
    connectionInitWaitTimeout: limits.initMs,
    onConnect: async ({ extra, connectionParams }) => {
      const { request } = extra;
      const header =
        credentials(connectionParams) ?? (origins.isOwn(request) ? request.headers.authorization : undefined);
      try {
        const address = addressOf(request);
        const signIn = (): Promise<Principal> => authenticator.authenticate(header);
        const attempt = { address, name: undefined, credentials: header ?? '' };
        const principal = await signIns.guard(attempt, signIn);
        if (principal.userName !== null && header !== undefined) extra.signedInBy = header;
        extra.caller = { principal, requestId: extra.requestId, isGone: () => extra.connection.isGone, address };
      } catch (error) {
        if (isUnavailable(error) || isRefusal(error, 'RATE_LIMITED'))
          extra.connection.close(TRY_AGAIN_LATER, 'Try again later');
        else extra.connection.close(CloseCode.Forbidden, 'Forbidden');
        return false;
      }
      return true;
    },
    onSubscribe: ({ extra }, _id, payload) => admitted(options, extra, payload),
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
async function admitted(
  { gate, documents, admit }: GraphqlWsOptions,
  extra: SocketExtra,
  payload: SubscribePayload,
): Promise<ExecutionArgs | readonly GraphQLError[]> {
  const { operationName, variables } = payload;
  // The protocol wants a text in every message: who names a document sends an empty one.
  const { document, errors } = documents.resolve(payload as AskedDocument);
  if (!document) return refused(gate, errors);
  const operation = getOperationAST(document, operationName)?.operation;
  if (!operation) return refused(gate, [gate.unresolved(document, operationName) as GraphQLError]);
  const { quota, connection, request } = extra;
  const caller = callerOf(extra);
  const rows = gate.rowsAskedFor({ document, operationName, variables });
  const unpaid = await admit(request, caller.principal, rows);
  if (unpaid) return refused(gate, [shownRefusal(unpaid)]);
  const isSubscription = operation === OperationTypeNode.SUBSCRIPTION;
  const tooMany = isSubscription ? quota.takeSubscription(payload, caller.principal) : quota.takeOperation(payload);
  if (tooMany) return refused(gate, [tooMany]);
  if (!isSubscription) connection.answering(payload);
  const contextValue = gate.context(caller);
  return { schema: gate.schema, document, operationName, variableValues: variables, contextValue };
}

function shownRefusal({ message, details, code }: BuildgateError): GraphQLError {
  return new GraphQLError(message, { extensions: { ...details, code } });
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
