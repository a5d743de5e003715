import {
  GraphQLError,
  Kind,
  OperationTypeNode,
  type ASTVisitor,
  type DirectiveNode,
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
  /** Aliases with fragments spread. */
  aliases: 500,
  /** Fields of a mutation, which are a transaction each. */
  mutations: 100,
  /** Directives of an operation with fragments spread. */
  directives: 500,
  /** Directives of one field, fragment, variable or operation; `@skip` and `@include` are all there are. */
  directivesOfOne: 5,
  /** Errors that are told of one document. */
  errors: 20,
  /** Rows, were every page full: about a second of work. Not for stored operations. */
  rows: 200_000,
  /** Levels of objects and lists in the variables. */
  variableDepth: 100,
  /** Values in the variables: members, items, and all within them. Not for stored operations. */
  variableValues: 100_000,
} as const;

/** What there is of a selection with its fragments spread. */
interface Measure {
  readonly depth: number;
  readonly fields: number;
  /** Fields that are not within others. */
  readonly width: number;
  readonly aliases: number;
  readonly directives: number;
}

const NOTHING: Measure = { depth: 0, fields: 0, width: 0, aliases: 0, directives: 0 };

/** Measures selections, each fragment once; cycles are left to the rule that refuses them. */
class Measurer {
  readonly #known = new Map<FragmentDefinitionNode, Measure>();
  readonly #open = new Set<FragmentDefinitionNode>();

  constructor(private readonly context: ValidationContext) {}

  measure(selections: SelectionSetNode): Measure {
    let { depth, fields, width, aliases, directives } = NOTHING;
    for (const selection of selections.selections) {
      const inner =
        selection.kind === Kind.FRAGMENT_SPREAD
          ? this.#fragment(selection.name.value)
          : selection.selectionSet
            ? this.measure(selection.selectionSet)
            : NOTHING;
      const isField = selection.kind === Kind.FIELD;
      const own = isField ? 1 : 0;
      depth = Math.max(depth, inner.depth + own);
      fields += inner.fields + own;
      width += isField ? 1 : inner.width;
      aliases += inner.aliases + (isField && selection.alias ? 1 : 0);
      directives += inner.directives + (selection.directives?.length ?? 0);
    }
    return { depth, fields, width, aliases, directives };
  }

  #fragment(name: string): Measure {
    const fragment = this.context.getFragment(name);
    if (!fragment || this.#open.has(fragment)) return NOTHING;
    const known = this.#known.get(fragment);
    if (known) return known;
    this.#open.add(fragment);
    const inner = this.measure(fragment.selectionSet);
    const measured = { ...inner, directives: inner.directives + (fragment.directives?.length ?? 0) };
    this.#open.delete(fragment);
    this.#known.set(fragment, measured);
    return measured;
  }
}

/** A refusal of what is more than a limit allows. */
export function tooMuch(message: string, limit: number, details: Readonly<Record<string, unknown>> = {}): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'TOO_EXPENSIVE', limit, ...details } });
}

/** Refuses operations that are too deep or too wide, or have too many aliases or directives. */
export const documentSize: ValidationRule = (context: ValidationContext): ASTVisitor => {
  const measurer = new Measurer(context);
  const bound = (count: number, limit: number, what: string): void => {
    if (count > limit) context.reportError(tooMuch(`The operation has more than ${limit} ${what}.`, limit));
  };
  return {
    OperationDefinition({ operation, selectionSet, directives = [], variableDefinitions = [] }) {
      const measured = measurer.measure(selectionSet);
      const others = [directives, ...variableDefinitions.map((variable) => variable.directives ?? [])];
      bound(measured.depth, LIMITS.depth, 'levels');
      bound(measured.fields, LIMITS.fields, 'fields');
      bound(measured.aliases, LIMITS.aliases, 'aliases');
      bound(measured.directives + others.flat().length, LIMITS.directives, 'directives');
      if (operation === OperationTypeNode.MUTATION) bound(measured.width, LIMITS.mutations, 'mutations');
    },
  };
};

/** Refuses places with too many directives: whatever they are, telling of each would be long. */
export const directivesOfOne: ValidationRule = (context: ValidationContext): ASTVisitor => ({
  enter(node) {
    const count = 'directives' in node ? ((node.directives as readonly DirectiveNode[] | undefined)?.length ?? 0) : 0;
    if (count <= LIMITS.directivesOfOne) return;
    const message = `One place of the document has more than ${LIMITS.directivesOfOne} directives.`;
    context.reportError(tooMuch(message, LIMITS.directivesOfOne));
  },
});

/** Rules besides those of the GraphQL specification; asked first, so that what is too large is looked at no further. */
export const VALIDATION_RULES: readonly ValidationRule[] = [documentSize, directivesOfOne];
