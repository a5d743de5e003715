import { isIntrospectionType, isObjectType, type GraphQLFieldResolver, type GraphQLSchema } from 'graphql';
import { getMetadataStorage } from 'type-graphql';
import { keptForLast } from '../kept-for-last.js';
import { ArgumentClasses } from './argument-classes.js';

type Resolver = GraphQLFieldResolver<unknown, unknown, Record<string, unknown>>;
type Metadata = ReturnType<typeof getMetadataStorage>;
type ParamMetadata = Metadata['params'][number];
/** Takes a parameter from what the executor gives; the executor gives no fourth to who declares three. */
type Reader = (root: unknown, args: Record<string, unknown>, context: unknown) => unknown;
type Method = (...parameters: unknown[]) => unknown;

/** A method of a resolver class. */
interface Handler {
  readonly target: new () => object;
  readonly methodName: string;
}

/**
 * Has type-graphql note at each field which method answers it, in the one member of a method's declaration that it hands
 * through to the field and does not read: the complexity. To be called before the schema is built.
 */
export function noteHandlers(): void {
  const { queries, mutations, subscriptions, fieldResolvers } = getMetadataStorage();
  const external = fieldResolvers.filter(({ kind }) => kind === 'external');
  for (const declaration of [...queries, ...mutations, ...subscriptions, ...external]) {
    const { target, methodName } = declaration;
    const handler: Handler = { target: target as Handler['target'], methodName };
    declaration.complexity = handler as unknown as NonNullable<typeof declaration.complexity>;
  }
}

/**
 * Takes type-graphql's wrappers off the resolvers of a schema. Each of them looks its class up, sorts and converts the
 * parameters and waits for a validation that we do not use, for every value of every row. What stays: properties are
 * read by the executor, methods are called with the parameters they declare.
 * @throws Error for what the wrappers do besides and this does not: a fault of ours, found at start
 */
export function unwrapResolvers(schema: GraphQLSchema): void {
  const metadata = getMetadataStorage();
  refuseWrapped(metadata);
  const methods = new ResolverMethods(metadata);
  const roots = new Set<unknown>([schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]);
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || isIntrospectionType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const handler = field.extensions['complexity'] as Handler | undefined;
      if (!handler) delete field.resolve;
      else field.resolve = methods.resolver(handler, roots.has(type));
    }
  }
}

/** What only the wrappers know how to do. */
function refuseWrapped({ fieldResolvers, fields, middlewares, resolverMiddlewares, authorizedFields }: Metadata): void {
  const wrapped = middlewares.length + resolverMiddlewares.length + authorizedFields.length;
  const methods = fieldResolvers.filter(({ kind }) => kind !== 'external').length;
  const renamed = fields.filter(({ name, schemaName }) => name !== schemaName).length;
  if (wrapped + methods + renamed === 0) return;
  throw new Error('Resolvers with middleware or rights, methods of types and renamed properties need their wrappers.');
}

/** The methods of the resolver classes, of which there is one instance each. */
class ResolverMethods {
  readonly #params: ReadonlyMap<unknown, Metadata['params']>;
  readonly #arguments: ArgumentClasses;
  readonly #instances = new Map<Handler['target'], Record<string, Method>>();

  constructor(metadata: Metadata) {
    this.#params = Map.groupBy(metadata.params, ({ target }) => target as unknown);
    this.#arguments = new ArgumentClasses(metadata);
  }

  /** Calls a method with the parameters that it declares. @param isRoot whether the field has one parent, the operation */
  resolver({ target, methodName }: Handler, isRoot: boolean): Resolver {
    const instance = this.#instances.get(target) ?? (new target() as Record<string, Method>);
    this.#instances.set(target, instance);
    const params = (this.#params.get(target) ?? []).filter((param) => param.methodName === methodName);
    const readers = params
      .toSorted((one, other) => one.index - other.index)
      .map((param) => this.#reader(param, isRoot));
    const [first, second, third] = readers;
    // Nearly all have one or two; an array of parameters costs more than such a method.
    if (!first) return () => instance[methodName]!();
    if (!second) return (root, args, context) => instance[methodName]!(first(root, args, context));
    if (third)
      return (root, args, context) => instance[methodName]!(...readers.map((read) => read(root, args, context)));
    return (root, args, context) => instance[methodName]!(first(root, args, context), second(root, args, context));
  }

  /** How a parameter is taken from what the executor gives. */
  #reader(param: ParamMetadata, isRoot: boolean): Reader {
    if (param.kind === 'root' && !param.getType) return (root) => root;
    if (param.kind === 'context') return (_root, _args, context) => context;
    if (param.kind !== 'arg' && param.kind !== 'args') {
      throw new Error(`${param.methodName} has a parameter of kind ${param.kind}, which nothing reads.`);
    }
    const convert = this.#arguments.reader(param);
    // Arguments of a mutation may be large or secret, and none of a root field come twice.
    const read = isRoot ? convert : keptForLast(convert);
    return (_root, args) => read(args);
  }
}
