import {
  type ArgumentNode,
  type DefinitionNode,
  type DocumentNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
  print,
  separateOperations,
  visit,
} from 'graphql';
import { CLIENT_LIMITS } from '../../core/graphql/context.js';
import { rowCost } from '../cost.js';
import { LIMITS } from '../limits.js';

/** A stored operation of a dialect as a document of its own. */
export class StoredOperation {
  readonly name: string;
  /** Whether running it changes nothing. */
  readonly isQuery: boolean;
  readonly #document: DocumentNode;
  readonly #operation: OperationDefinitionNode;
  readonly #schema: GraphQLSchema;
  readonly #pageSizes: readonly string[];
  #largestPage: number | undefined;

  /** @param document one operation with its name, and the fragments that it uses; valid against the schema */
  constructor(name: string, document: DocumentNode, schema: GraphQLSchema) {
    this.name = name;
    this.#operation = document.definitions.find(isOperation)!;
    this.isQuery = this.#operation.operation === OperationTypeNode.QUERY;
    this.#document = document;
    this.#schema = schema;
    this.#pageSizes = pageSizesOf(document);
  }

  /** The operation, then its fragments, as graphql-js prints them. */
  get text(): string {
    const fragments = this.#document.definitions.filter((one) => !isOperation(one));
    return `${[this.#operation, ...fragments].map(print).join('\n\n')}\n`;
  }

  /**
   * The variables with which everybody may run it: dialects read longer pages at once than `/graphql` gives, so sizes of
   * pages are bounded by what it does give for this operation. The same object where none is larger.
   */
  within(variables: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
    if (this.#pageSizes.length === 0) return variables;
    const largest = (this.#largestPage ??= this.#findLargestPage());
    const tooLarge = this.#pageSizes.filter((name) => typeof variables[name] === 'number' && variables[name] > largest);
    if (tooLarge.length === 0) return variables;
    return { ...variables, ...Object.fromEntries(tooLarge.map((name) => [name, largest])) };
  }

  /** The longest page that is allowed, halved until the rows of such pages are few enough together. */
  #findLargestPage(): number {
    const rowsOf = rowCost(this.#schema, this.#document, this.#operation);
    const rows = (size: number): number => rowsOf(Object.fromEntries(this.#pageSizes.map((name) => [name, size])));
    let size = CLIENT_LIMITS.maxSize;
    while (size > 1 && rows(size) > LIMITS.rows) size = Math.floor(size / 2);
    return size;
  }
}

/** The operations of a dialect's documents, by name. @param source fits the schema */
export function storedOperations(source: string, schema: GraphQLSchema): ReadonlyMap<string, StoredOperation> {
  const documents = Object.entries(separateOperations(parse(source, { noLocation: true })));
  return new Map(documents.map(([name, document]) => [name, new StoredOperation(name, document, schema)]));
}

function isOperation(definition: DefinitionNode): definition is OperationDefinitionNode {
  return definition.kind === Kind.OPERATION_DEFINITION;
}

/** Names of the variables that say how many records a page has. */
function pageSizesOf(document: DocumentNode): string[] {
  const names = new Set<string>();
  visit(document, {
    Argument({ name, value }: ArgumentNode) {
      const isSize = name.value === 'first' || name.value === 'last';
      if (isSize && value.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return [...names];
}
