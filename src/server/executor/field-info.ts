import type {
  FieldNode,
  FragmentDefinitionNode,
  GraphQLField,
  GraphQLObjectType,
  GraphQLOutputType,
  GraphQLResolveInfo,
  GraphQLSchema,
  OperationDefinitionNode,
} from 'graphql';
import type { ExecutionState } from './execution-state.js';
import type { Place } from './place.js';

/** A field as it stands in an operation: everything but its value. */
export interface PlannedField {
  /** Its name in the answer. */
  readonly key: string;
  readonly nodes: readonly FieldNode[];
  readonly parentType: GraphQLObjectType;
  readonly definition: GraphQLField<unknown, unknown>;
}

/** What graphql-js tells each resolver, looked up when a resolver asks: nearly none does. */
export class FieldInfo implements GraphQLResolveInfo {
  readonly #execution: ExecutionState;
  readonly #field: PlannedField;
  readonly #outer: Place | undefined;

  constructor(execution: ExecutionState, field: PlannedField, outer: Place | undefined) {
    this.#execution = execution;
    this.#field = field;
    this.#outer = outer;
  }

  get fieldName(): string {
    return this.#field.definition.name;
  }

  get fieldNodes(): readonly FieldNode[] {
    return this.#field.nodes;
  }

  get returnType(): GraphQLOutputType {
    return this.#field.definition.type;
  }

  get parentType(): GraphQLObjectType {
    return this.#field.parentType;
  }

  get path(): GraphQLResolveInfo['path'] {
    return { prev: this.#outer, key: this.#field.key, typename: this.#field.parentType.name };
  }

  get schema(): GraphQLSchema {
    return this.#execution.parts.schema;
  }

  get fragments(): Record<string, FragmentDefinitionNode> {
    return this.#execution.parts.fragments;
  }

  get rootValue(): unknown {
    return this.#execution.rootValue;
  }

  get operation(): OperationDefinitionNode {
    return this.#execution.parts.operation;
  }

  get variableValues(): Record<string, unknown> {
    return this.#execution.variables;
  }
}
