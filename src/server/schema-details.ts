import { getNamedType, GraphQLError, isIntrospectionType, type ASTVisitor, type ValidationContext } from 'graphql';

/** What clients are shown of the schema beside what they ask for. */
export interface SchemaDetails {
  /** Whether they may ask for the schema itself. */
  readonly introspection: boolean;
  /** Whether errors suggest names of it. */
  readonly suggestions: boolean;
}

/** What is shown where nobody hides anything. */
export const ALL_DETAILS: SchemaDetails = { introspection: true, suggestions: true };

/** Refuses `__schema` and `__type`; `__typename`, which every client needs, stays. */
export function noIntrospection(context: ValidationContext): ASTVisitor {
  return {
    Field(node) {
      const type = getNamedType(context.getType());
      if (!type || !isIntrospectionType(type)) return undefined;
      const message = `Introspection is switched off: ${node.name.value} cannot be queried.`;
      context.reportError(new GraphQLError(message, { nodes: node, extensions: { code: 'INTROSPECTION_DISABLED' } }));
      // What is within needs no word of its own.
      return false;
    },
  };
}

/** A message of graphql-js without the names that it suggests at its end. */
export function withoutSuggestion(message: string): string {
  return message.replace(/ Did you mean [^]*\?$/, '');
}
