import {
  GraphQLError,
  Kind,
  type ASTVisitor,
  type FragmentDefinitionNode,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';

/**
 * What a document may be, on every transport. Stored operations of dialects are ours and pass through the same parser
 * and rules.
 */
export const LIMITS = {
  /** Tokens of a document. */
  tokens: 4_000,
  /** Levels of fields; introspection as GraphiQL sends it needs 13. */
  depth: 16,
  /** Fields with fragments spread, which bounds what aliases can multiply. */
  fields: 2_000,
  /** Rows, were every page full: about a second of work. Not for stored operations. */
  rows: 200_000,
  /** Levels of objects and lists in the variables. */
  variableDepth: 100,
} as const;

interface Measure {
  readonly depth: number;
  readonly fields: number;
}

/** Depth and number of fields, each fragment measured once; cycles are left to the rule that refuses them. */
class Measurer {
  readonly #known = new Map<FragmentDefinitionNode, Measure>();
  readonly #open = new Set<FragmentDefinitionNode>();

  constructor(private readonly context: ValidationContext) {}

  measure(selections: SelectionSetNode): Measure {
    let depth = 0;
    let fields = 0;
    for (const selection of selections.selections) {
      const inner =
        selection.kind === Kind.FRAGMENT_SPREAD
          ? this.#fragment(selection.name.value)
          : selection.selectionSet
            ? this.measure(selection.selectionSet)
            : { depth: 0, fields: 0 };
      const own = selection.kind === Kind.FIELD ? 1 : 0;
      depth = Math.max(depth, inner.depth + own);
      fields += inner.fields + own;
    }
    return { depth, fields };
  }

  #fragment(name: string): Measure {
    const fragment = this.context.getFragment(name);
    if (!fragment || this.#open.has(fragment)) return { depth: 0, fields: 0 };
    const known = this.#known.get(fragment);
    if (known) return known;
    this.#open.add(fragment);
    const measured = this.measure(fragment.selectionSet);
    this.#open.delete(fragment);
    this.#known.set(fragment, measured);
    return measured;
  }
}

/** Refuses operations that are too deep or too wide. */
export const documentSize: ValidationRule = (context: ValidationContext): ASTVisitor => {
  const measurer = new Measurer(context);
  const refuse = (what: string, limit: number): void =>
    context.reportError(
      new GraphQLError(`The operation has more than ${limit} ${what}.`, {
        extensions: { code: 'TOO_EXPENSIVE', limit },
      }),
    );
  return {
    OperationDefinition(operation) {
      const { depth, fields } = measurer.measure(operation.selectionSet);
      if (depth > LIMITS.depth) refuse('levels', LIMITS.depth);
      if (fields > LIMITS.fields) refuse('fields', LIMITS.fields);
    },
  };
};

/** Rules besides those of the GraphQL specification. */
export const VALIDATION_RULES: readonly ValidationRule[] = [documentSize];
