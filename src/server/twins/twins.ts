import type { GraphQLSchema } from 'graphql';
import type { Dialect, DialectResponse, RunOperation } from '../dialect.js';
import { operationsText } from '../operations-text.js';
import { type StoredOperation, storedOperations } from './stored-operation.js';
import { twinAddress } from './twin-address.js';

/** Most characters of the links of one answer: proxies and clients refuse heads of some kilobytes. */
const ROOM = 2_000;
const PARAMETERS = '; rel="alternate"; type="text/html"';

/**
 * The GraphQL twins of a dialect's answers: the stored operations that made them, each as a link that opens it in
 * GraphiQL with its variables.
 */
export class Twins {
  readonly dialect: Dialect;
  readonly #schema: GraphQLSchema;
  #operations: ReadonlyMap<string, StoredOperation> | undefined;

  /** @param schema that the stored operations fit */
  constructor(dialect: Dialect, schema: GraphQLSchema) {
    this.dialect = dialect;
    this.#schema = schema;
  }

  /** The stored operations by name; read when they are first asked for. */
  get operations(): ReadonlyMap<string, StoredOperation> {
    return (this.#operations ??= storedOperations(operationsText(this.dialect.operations), this.#schema));
  }

  /**
   * Where an operation can be run with these variables; undefined for one that changes something, for variables that are
   * secret and where the address would be longer than `room` characters.
   */
  address(
    gateway: string,
    name: string,
    variables: Readonly<Record<string, unknown>>,
    room = ROOM,
  ): string | undefined {
    const operation = this.operations.get(name);
    if (!operation?.isQuery || this.isSecret(name)) return undefined;
    return twinAddress(gateway, { system: this.dialect.system, name }, operation.within(variables), room);
  }

  /** The document of an operation that everybody may try; undefined when there is none, or it changes something. */
  textToRun(name: string): string | undefined {
    const operation = this.operations.get(name);
    return operation?.isQuery ? operation.text : undefined;
  }

  /** Whether among the variables of an operation there is a secret. */
  isSecret(name: string): boolean {
    return this.dialect.secretOperations?.includes(name) === true;
  }

  /** Follows one exchange. @param gateway address of the gateway's own pages, without a slash at the end */
  follow(gateway: string): FollowedExchange {
    return new FollowedExchange(this, gateway);
  }
}

/** What was run for one answer. */
export class FollowedExchange {
  readonly #twins: Twins;
  readonly #gateway: string;
  readonly #links: string[] = [];
  #room = ROOM;

  constructor(twins: Twins, gateway: string) {
    this.#twins = twins;
    this.#gateway = gateway;
  }

  /** The same as `run`, which is noted. */
  noting(run: RunOperation): RunOperation {
    return (name, variables = {}) => {
      this.#note(name, variables);
      return run(name, variables);
    };
  }

  /**
   * The answer with a `Link` to each operation that was run until now (RFC 8288), behind those that it has; a refusal has
   * none. What is run later, for the rest of a body that is sent in pieces, differs in its place in the list alone.
   */
  linked(answer: DialectResponse): DialectResponse {
    const { status, headers } = answer;
    if (this.#links.length === 0 || status < 200 || status > 299) return answer;
    const links = headers?.['Link'] === undefined ? this.#links : [headers['Link'], ...this.#links];
    this.#room = 0;
    return { ...answer, headers: { ...headers, Link: links.join(', ') } };
  }

  #note(name: string, variables: Readonly<Record<string, unknown>>): void {
    const room = this.#room - PARAMETERS.length - '<>, '.length;
    if (room <= 0) return;
    const address = this.#twins.address(this.#gateway, name, variables, room);
    const link = address === undefined ? undefined : `<${address}>${PARAMETERS}`;
    if (link === undefined || this.#links.includes(link)) return;
    this.#links.push(link);
    this.#room -= link.length + ', '.length;
  }
}
