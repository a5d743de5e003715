import {
  execute,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type OperationTypeNode,
} from 'graphql';
import { rowCost } from './cost.js';
import { CompiledOperation, type ExecutionInput } from './executor/compiled-operation.js';

/** One operation of a document, with all that is computed once and asked each time. */
export class PreparedOperation {
  readonly type: OperationTypeNode;
  readonly #schema: GraphQLSchema;
  readonly #document: DocumentNode;
  readonly #node: OperationDefinitionNode;
  #rows: ((variables: Readonly<Record<string, unknown>>) => number) | undefined;

  /** @param document valid against the schema */
  constructor(schema: GraphQLSchema, document: DocumentNode, node: OperationDefinitionNode) {
    this.type = node.operation;
    this.#schema = schema;
    this.#document = document;
    this.#node = node;
  }

  /** Rows that it asks for with these variables. */
  rowsAskedFor(variables: Readonly<Record<string, unknown>>): number {
    this.#rows ??= rowCost(this.#schema, this.#document, this.#node);
    return this.#rows(variables);
  }

  /** Its compiled form, made anew. */
  compile(): CompiledOperation {
    return new CompiledOperation(this.#schema, this.#document, this.#node);
  }

  /** Executes it by its compiled form where that is given and has a plan for the variables, else by interpretation. */
  execute(compiled: CompiledOperation | undefined, input: ExecutionInput): ExecutionResult | Promise<ExecutionResult> {
    return compiled?.execute(input) ?? this.#interpret(input);
  }

  #interpret({ variables, context, rootValue }: ExecutionInput): ExecutionResult | Promise<ExecutionResult> {
    return execute({
      schema: this.#schema,
      document: this.#document,
      operationName: this.#node.name?.value,
      variableValues: variables,
      contextValue: context,
      rootValue,
    });
  }
}
