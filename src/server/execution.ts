import {
  createSourceEventStream,
  getOperationAST,
  GraphQLError,
  Kind,
  OperationTypeNode,
  parse,
  specifiedRules,
  validate,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLSchema,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Principal } from '../core/auth/principal.js';
import { Watch } from '../core/changes/watch.js';
import { CLIENT_LIMITS, DIALECT_LIMITS, OperationContext, type Gateway } from '../core/graphql/context.js';
import type { PageLimits } from '../core/list/page.js';
import { inScope, OperationScope } from '../core/store/operation-scope.js';
import { BoundedCache } from '../core/bounded-cache.js';
import { masked, type OnFault } from './error-mask.js';
import type { CompiledOperation } from './executor/compiled-operation.js';
import { LIMITS, VALIDATION_RULES } from './limits.js';
import { PreparedOperation } from './prepared-operation.js';
import { admission, costOf, subscriptionRefusal } from './request-limits.js';
import { ALL_DETAILS, noIntrospection, type SchemaDetails } from './schema-details.js';
import type { Member } from './subscriptions/member.js';
import { Subscriptions } from './subscriptions/subscriptions.js';

/** Who asks and how the request is told apart in the logs. */
export interface Caller {
  readonly principal: Principal;
  readonly requestId: string;
  /** Of a REST request: what stands in front of the paths of its dialect, so that messages can say the same paths. */
  readonly mountPrefix?: string;
  /** Whether nobody waits for the answer any more; always somebody, unless told. */
  readonly isGone?: () => boolean;
  /** Where the request comes from; left out where nobody knows. */
  readonly address?: string;
}

/** Operations of one `.graphql` file, parsed, validated and compiled when the server starts. */
export interface StoredOperations {
  /** Whether an operation is a mutation. */
  writes(name: string): boolean;
  /**
   * Runs one named operation with the rights of the caller and without the page cap of foreign documents.
   * Never rejects: faults come back as `errors`, with `extensions.code` where the core refused.
   */
  run(name: string, variables: Readonly<Record<string, unknown>>, caller: Caller): Promise<ExecutionResult>;
}

/** Transports that bring operations. */
export type Transport = 'http' | 'websocket' | 'stored';

/** What the gate tells about each operation that ended. */
export interface OperationReport {
  readonly transport: Transport;
  readonly type: OperationTypeNode | 'unknown';
  readonly outcome: 'ok' | 'error' | 'refused';
}

/** What a gate is made with. */
export interface GateOptions {
  readonly schema: GraphQLSchema;
  readonly gateway: Gateway;
  /** What clients are shown of the schema; everything unless told. */
  readonly details?: SchemaDetails;
  /** Told of every fault that is not shown to the caller. */
  readonly onFault: OnFault;
  /** How long an operation may take; what it needs, unless told. */
  readonly operationTimeoutMs?: number;
  readonly onOperation: (report: OperationReport) => void;
  readonly onSubscription: (change: 'started' | 'ended') => void;
}

/** An operation with all that executing it needs. */
export interface OperationRequest {
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
  readonly context: OperationContext;
  readonly transport: Transport;
}

/** A document that may be executed, or why it may not. */
export type Prepared =
  | { readonly document: DocumentNode; readonly errors?: undefined }
  | { readonly document?: undefined; readonly errors: readonly GraphQLError[] };

/**
 * Characters of the documents that are kept, good and bad: what is kept of a document takes a hundred bytes for each where
 * all of it are tokens.
 */
const GOOD_CHARACTERS = 1_024 * 1_024;
const BAD_CHARACTERS = 128 * 1_024;
const COMPILED_OPERATIONS = 200;
/** An operation is compiled when it comes for the second time: most that come once never come again. */
const USES_BEFORE_COMPILING = 1;
/** Fields of one compiled operation, which take up to a kilobyte each; larger ones are interpreted. */
const COMPILED_FIELDS = 500;

/** What is known of an operation beside its document. */
interface KnownOperation {
  readonly prepared: PreparedOperation;
  /** Of the operations of dialects, which are compiled at once and for ever. */
  stored?: CompiledOperation;
  uses: number;
}

/**
 * The one way in: HTTP, WebSocket and the dialects all have their documents parsed, limited, validated, executed and
 * their errors masked here.
 */
export class Gate {
  readonly schema: GraphQLSchema;
  readonly #options: GateOptions;
  // Kept apart, so that rubbish cannot push out good documents.
  readonly #good = documentCache(GOOD_CHARACTERS);
  readonly #bad = documentCache(BAD_CHARACTERS);
  /** The operations of each document by name, for as long as the document is known. */
  readonly #operations = new WeakMap<DocumentNode, Map<string | null, KnownOperation>>();
  readonly #compiled = new BoundedCache<KnownOperation, CompiledOperation>(COMPILED_OPERATIONS);
  readonly #subscriptions: Subscriptions;

  constructor(options: GateOptions) {
    this.schema = options.schema;
    this.#options = options;
    this.#subscriptions = new Subscriptions({
      execute: (request, change) => this.#execute(request, change),
      mask: (result, requestId) => this.#masked(result, requestId),
      onSubscription: options.onSubscription,
    });
  }

  /** The context of one operation. */
  context(caller: Caller, limits: PageLimits = CLIENT_LIMITS): OperationContext {
    const { principal, requestId, mountPrefix = null, isGone, address } = caller;
    return new OperationContext(this.#options.gateway, principal, limits, requestId, mountPrefix, isGone, address);
  }

  /** Parses and validates a document, once for each text. */
  prepare(source: string): Prepared {
    const known = this.#good.get(source) ?? this.#bad.get(source);
    if (known) return known;
    const prepared = prepare(this.schema, source, { limited: true, details: this.#options.details });
    (prepared.errors ? this.#bad : this.#good).set(source, prepared);
    return prepared;
  }

  /** Executes a query or mutation, and tells clients what it cost. Never rejects. */
  async execute(request: OperationRequest): Promise<ExecutionResult> {
    const known = this.#operation(request.document, request.operationName);
    if (!known) return this.#answered(request, { errors: [this.#unresolved(request.operationName)] });
    const { refusal, requested } = admission(request, known.prepared);
    const refused = refusal ?? subscriptionRefusal(known.prepared);
    const { result, rowsRead } = refused
      ? { result: { errors: [refused] }, rowsRead: 0 }
      : await this.#inTime(request, known);
    const answered = this.#answered(request, result);
    return requested === null ? answered : { ...answered, extensions: { cost: costOf(requested, rowsRead) } };
  }

  /** Starts a subscription: whoever holds it says to whom it is shown. Otherwise errors. Never rejects. */
  async subscribe(request: OperationRequest): Promise<Member | ExecutionResult> {
    const known = this.#operation(request.document, request.operationName);
    const refusal = known && admission(request, known.prepared).refusal;
    const source = refusal ? { errors: [refusal] } : await this.#begin(request);
    if (!(source instanceof Watch)) {
      this.#report(request, 'refused');
      return this.#masked(source, request.context.requestId);
    }
    this.#report(request, 'ok');
    return this.#subscriptions.open(request, source);
  }

  /** Rows that an operation asks for, were every page full; none when its document has no such operation. */
  rowsAskedFor({ document, operationName, variables }: Omit<OperationRequest, 'context' | 'transport'>): number {
    return this.#operation(document, operationName)?.prepared.rowsAskedFor(variables ?? {}) ?? 0;
  }

  /** Reports an operation that was refused before it could be executed. */
  refused(transport: Transport): void {
    this.#options.onOperation({ transport, type: 'unknown', outcome: 'refused' });
  }

  /**
   * Takes in the operations of a dialect.
   * @throws Error when a document does not fit the schema: a fault of ours, found at start
   */
  store(source: string): StoredOperations {
    const { document, errors } = prepare(this.schema, source, { limited: false });
    if (!document) throw new Error(`A stored operation does not fit the schema: ${errors.map(String).join('; ')}`);
    for (const definition of document.definitions) {
      const known =
        definition.kind === Kind.OPERATION_DEFINITION && this.#operation(document, definition.name?.value ?? null);
      if (known) known.stored = known.prepared.compile();
    }
    return {
      writes: (name) => this.#operation(document, name)?.prepared.type === OperationTypeNode.MUTATION,
      run: (operationName, variables, caller) =>
        this.execute({
          document,
          operationName,
          variables,
          context: this.context(caller, DIALECT_LIMITS),
          transport: 'stored',
        }),
    };
  }

  /**
   * Executes an operation as long as it may take. A query ends when its time is over, or when its caller has gone; a
   * mutation is waited for, since what it has stored must be told, but its statements end as well.
   */
  async #inTime(
    request: OperationRequest,
    { prepared }: KnownOperation,
  ): Promise<{ result: ExecutionResult; rowsRead: number }> {
    const isMutation = prepared.type === OperationTypeNode.MUTATION;
    const { operationTimeoutMs: timeoutMs } = this.#options;
    const scope = new OperationScope({ timeoutMs, isGone: isMutation ? undefined : request.context.isGone });
    try {
      const execution = inScope(scope, () => this.#execute(request));
      const result = await (isMutation ? execution : scope.within(execution));
      // Parts of a late answer may be missing.
      if (!isMutation && scope.isTimedOut) throw scope.timeout;
      return { result, rowsRead: scope.rowsRead };
    } catch (error) {
      const originalError = error instanceof Error ? error : new Error(String(error));
      return { result: { errors: [new GraphQLError('', { originalError })] }, rowsRead: scope.rowsRead };
    } finally {
      scope.end();
    }
  }

  /**
   * Executes an operation that was found right, by its compiled form when it has come before; a subscription for one
   * change, which is its root. Errors are as they were thrown.
   */
  async #execute(request: OperationRequest, rootValue?: unknown): Promise<ExecutionResult> {
    const { document, operationName, variables, context } = request;
    const known = this.#operation(document, operationName);
    if (!known) throw new Error('An operation is executed that its document does not have.');
    return known.prepared.execute(known.stored ?? this.#compiledForm(known), { variables, context, rootValue });
  }

  #compiledForm(known: KnownOperation): CompiledOperation | undefined {
    known.uses += 1;
    if (known.uses <= USES_BEFORE_COMPILING) return undefined;
    const compiled = this.#compiled.get(known) ?? known.prepared.compile();
    if (compiled.fields > COMPILED_FIELDS) {
      this.#compiled.delete(known);
      known.uses = -Infinity;
    } else this.#compiled.set(known, compiled);
    return compiled;
  }

  /** The operation that a name, or its absence, means; null when there is none. Looked for once. */
  #operation(document: DocumentNode, operationName: string | null | undefined): KnownOperation | null {
    let known = this.#operations.get(document);
    if (!known) {
      known = new Map();
      this.#operations.set(document, known);
    }
    const name = operationName ?? null;
    let operation = known.get(name);
    if (operation) return operation;
    const node = getOperationAST(document, name);
    if (!node) return null;
    operation = { prepared: new PreparedOperation(this.schema, document, node), uses: 0 };
    known.set(name, operation);
    return operation;
  }

  /** What a subscription is to be shown. */
  async #begin({ document, operationName, variables, context }: OperationRequest): Promise<Watch | ExecutionResult> {
    const args = { schema: this.schema, document, operationName, variableValues: variables, contextValue: context };
    const source = await createSourceEventStream(args);
    if (source instanceof Watch || !(Symbol.asyncIterator in source)) return source;
    return { errors: [new GraphQLError('', { originalError: new Error('A subscription has to watch the log.') })] };
  }

  /**
   * Why a document does not say what to execute: it has no operation of this name, or several and none was named.
   * Null when it does.
   */
  unresolved(document: DocumentNode, operationName: string | null | undefined): GraphQLError | null {
    return this.#operation(document, operationName) ? null : this.#unresolved(operationName);
  }

  #unresolved(operationName: string | null | undefined): GraphQLError {
    const named = operationName !== null && operationName !== undefined;
    const message = named
      ? `Unknown operation named "${operationName}".`
      : 'Must provide operation name if query contains multiple operations.';
    return new GraphQLError(message, { extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } });
  }

  #answered(request: OperationRequest, result: ExecutionResult): ExecutionResult {
    const answered = this.#masked(result, request.context.requestId);
    this.#report(request, answered.errors ? 'error' : 'ok');
    return answered;
  }

  #masked(result: ExecutionResult, requestId: string): ExecutionResult {
    const { onFault, details = ALL_DETAILS } = this.#options;
    return masked(result, requestId, { onFault, details });
  }

  #report({ document, operationName, transport }: OperationRequest, outcome: OperationReport['outcome']): void {
    const type = this.#operation(document, operationName)?.prepared.type ?? 'unknown';
    this.#options.onOperation({ transport, type, outcome });
  }
}

/** Documents by their text, those used last; one that has more than half of all characters is not kept. */
function documentCache(characters: number): LRUCache<string, Prepared> {
  const sizeCalculation = (_prepared: Prepared, text: string): number => Math.max(1, text.length);
  return new LRUCache({ maxSize: characters, maxEntrySize: characters / 2, sizeCalculation });
}

/**
 * Parses and validates a document.
 * @param options whether it is a client's, and what its errors may show of the schema then
 */
export function prepare(
  schema: GraphQLSchema,
  source: string,
  { limited, details = ALL_DETAILS }: { readonly limited: boolean; readonly details?: SchemaDetails | undefined },
): Prepared {
  let document: DocumentNode;
  try {
    document = parse(source, limited ? { maxTokens: LIMITS.tokens } : {});
  } catch (error) {
    return { errors: [withCode(error as GraphQLError, 'GRAPHQL_PARSE_FAILED')] };
  }
  const options = { maxErrors: LIMITS.errors, hideSuggestions: !details.suggestions };
  const limits = [...(limited ? VALIDATION_RULES : []), ...(details.introspection ? [] : [noIntrospection])];
  const excess = limits.length > 0 ? validate(schema, document, limits, options) : [];
  // Some rules of the specification compare each field with each other one.
  const errors = excess.length > 0 ? excess : validate(schema, document, specifiedRules, options);
  return errors.length === 0
    ? { document }
    : { errors: errors.map((error) => withCode(error, 'GRAPHQL_VALIDATION_FAILED')) };
}

function withCode(error: GraphQLError, code: string): GraphQLError {
  const { nodes, source, positions } = error;
  return new GraphQLError(error.message, { nodes, source, positions, extensions: { code, ...error.extensions } });
}
