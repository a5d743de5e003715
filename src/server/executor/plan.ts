import {
  GraphQLError,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  locatedError,
  type FieldNode,
  type GraphQLAbstractType,
  type GraphQLList,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
} from 'graphql';
import { collectFields, collectSubfields } from 'graphql/execution/collectFields.js';
import { getFieldDef } from 'graphql/execution/execute.js';
import { inspect } from 'graphql/jsutils/inspect.js';
import { argumentReader } from './arguments.js';
import type { Completer, ExecutionState, OperationParts } from './execution-state.js';
import { FieldInfo, type PlannedField } from './field-info.js';
import { serializerOf, type Serializer } from './leaves.js';
import { pathOf, Place, type Holder } from './place.js';

/** Puts the value of one field into the object that is being answered. Throws an error that the object cannot survive. */
type FieldRunner = (execution: ExecutionState, source: unknown, out: Holder, outer: Place | undefined) => void;

/** How the fields of one object type are answered. */
export interface ObjectPlan {
  /** An answer with all its members, still null. */
  readonly blank: () => Holder;
  readonly runners: readonly FieldRunner[];
}

/**
 * Makes the plan of an operation: which fields an object of which type has, what reads, completes and serializes each.
 * Parts are made when data of their type come up for the first time.
 */
export class Planner {
  #slots = 0;

  /** @param conditions the variables that `@skip` and `@include` ask; a plan holds for these values of them only */
  constructor(
    private readonly parts: OperationParts,
    private readonly conditions: Readonly<Record<string, boolean>>,
  ) {}

  /** How many fields were planned so far. */
  get fields(): number {
    return this.#slots;
  }

  /** The plan of the operation itself. */
  root(type: GraphQLObjectType): ObjectPlan {
    const { schema, fragments, operation } = this.parts;
    return this.#object(type, collectFields(schema, fragments, this.conditions, type, operation.selectionSet));
  }

  #object(type: GraphQLObjectType, fields: ReadonlyMap<string, readonly FieldNode[]>): ObjectPlan {
    const runners: FieldRunner[] = [];
    for (const [key, nodes] of fields) {
      const definition = getFieldDef(this.parts.schema, type, nodes[0]!);
      if (definition) runners.push(this.#runner({ key, nodes, parentType: type, definition }));
    }
    return { blank: blankOf([...fields.keys()]), runners };
  }

  #runner(field: PlannedField): FieldRunner {
    const { definition } = field;
    const inner = isNonNullType(definition.type) ? definition.type.ofType : definition.type;
    const nullable = inner === definition.type;
    const isLeaf = isLeafType(inner);
    const full = this.#resolved(field, nullable, isLeaf);
    if (!isLeaf || definition.resolve || definition.args.length > 0) return full;
    return plainLeaf(field, nullable, serializerOf(inner), full);
  }

  /** The runner of any field: arguments, resolver, completion. */
  #resolved(field: PlannedField, nullable: boolean, isLeaf: boolean): FieldRunner {
    const { key, nodes, parentType, definition } = field;
    const readArgs = argumentReader(definition, nodes[0]!, this.#slots);
    this.#slots += 1;
    const resolve = definition.resolve ?? defaultResolver(definition.name);
    const infoOf = infoMaker(resolve, field);
    const complete = this.#completer(definition.type, field);
    const placeIn = (out: Holder, outer: Place | undefined): Place =>
      new Place(outer, key, parentType.name, out, field, nullable);
    return (execution, source, out, outer) => {
      let place: Place | undefined;
      try {
        const value: unknown = resolve(source, readArgs(execution), execution.context, infoOf(execution, outer));
        // Nothing is put inside of these, so that they need no place.
        if (isLeaf ? !isPromise(value) : value === null && nullable) {
          out[key] = complete(execution, NO_PLACE, value);
          return;
        }
        place = placeIn(out, outer);
        if (isPromise(value)) execution.await(place, value, complete);
        else out[key] = complete(execution, place, value);
      } catch (error) {
        out[key] = failed(execution, place ?? placeIn(out, outer), error);
      }
    };
  }

  #completer(type: GraphQLOutputType, field: PlannedField): Completer {
    if (isNonNullType(type)) return required(this.#completer(type.ofType, field), field);
    if (isListType(type)) return this.#list(type, field);
    if (isLeafType(type)) return leaf(serializerOf(type));
    return present(isAbstractType(type) ? this.#abstract(type, field) : this.#concrete(type, field));
  }

  #list({ ofType: type }: GraphQLList<GraphQLOutputType>, field: PlannedField): Completer {
    const complete = this.#completer(type, field);
    const nullable = !isNonNullType(type);
    return present((execution, place, value) => {
      if (!isIterable(value)) {
        throw new GraphQLError(`Expected Iterable, but did not find one for field "${nameOf(field)}".`);
      }
      const items: unknown[] = [];
      for (const item of value) {
        const index = items.length;
        const itemPlace = new Place(place, index, undefined, items as unknown as Holder, field, nullable);
        items.push(null);
        try {
          if (isPromise(item)) execution.await(itemPlace, item, complete);
          else items[index] = complete(execution, itemPlace, item);
        } catch (error) {
          failed(execution, itemPlace, error);
        }
      }
      return items;
    });
  }

  #concrete(type: GraphQLObjectType, field: PlannedField): Completer {
    const { schema, fragments } = this.parts;
    if (type.isTypeOf) throw new Error(`${type.name} has isTypeOf, which plans do not ask.`);
    let plan: ObjectPlan | undefined;
    return (execution, place, value) => {
      plan ??= this.#object(type, collectSubfields(schema, fragments, this.conditions, type, field.nodes));
      return runObject(plan, execution, value, place);
    };
  }

  #abstract(type: GraphQLAbstractType, field: PlannedField): Completer {
    const known = new Map<unknown, Completer>();
    const { resolveType } = type;
    if (!resolveType) throw new Error(`${type.name} has no resolveType, which plans need.`);
    const completerOf = (name: unknown, value: unknown): Completer => {
      let complete = known.get(name);
      if (!complete) {
        complete = this.#concrete(this.#runtimeType(type, name, value, field), field);
        known.set(name, complete);
      }
      return complete;
    };
    return (execution, place, value) => {
      const info = new FieldInfo(execution, field, place.prev);
      const name: unknown = resolveType(value, execution.context, info, type);
      if (!isPromise(name)) return completerOf(name, value)(execution, place, value);
      execution.await(place, name, (_execution, _place, told) => completerOf(told, value)(execution, place, value));
      return NOT_YET;
    };
  }

  /** The type that an interface names for a value. Throws what graphql-js says of those that cannot be. */
  #runtimeType(type: GraphQLAbstractType, name: unknown, value: unknown, field: PlannedField): GraphQLObjectType {
    const { schema } = this.parts;
    const { nodes } = field;
    if (name === null || name === undefined) {
      const message = `Abstract type "${type.name}" must resolve to an Object type at runtime for field "${nameOf(field)}". Either the "${type.name}" type should provide a "resolveType" function or each possible type should provide an "isTypeOf" function.`;
      throw new GraphQLError(message, { nodes });
    }
    if (typeof name !== 'string') {
      const what = `value ${inspect(value)}, received "${inspect(name)}"`;
      const message = `Abstract type "${type.name}" must resolve to an Object type at runtime for field "${nameOf(field)}" with ${what}.`;
      throw new GraphQLError(message);
    }
    const runtime = schema.getType(name);
    if (!runtime) {
      const message = `Abstract type "${type.name}" was resolved to a type "${name}" that does not exist inside the schema.`;
      throw new GraphQLError(message, { nodes });
    }
    if (!isObjectType(runtime)) {
      throw new GraphQLError(`Abstract type "${type.name}" was resolved to a non-object type "${name}".`, { nodes });
    }
    if (!schema.isSubType(type, runtime)) {
      throw new GraphQLError(`Runtime Object type "${name}" is not a possible type for "${type.name}".`, { nodes });
    }
    return runtime;
  }
}

/** Answers an object: all of its fields are begun, what is promised comes later. */
export function runObject(
  { blank, runners }: ObjectPlan,
  execution: ExecutionState,
  source: unknown,
  place: Place | undefined,
): Holder {
  const out = blank();
  const before = execution.pending;
  let begun = before;
  let index = 0;
  try {
    for (; index < runners.length; index += 1) {
      begun = execution.pending;
      runners[index]!(execution, source, out, place);
    }
  } catch (error) {
    if (begun === before) throw error;
    execution.failAfter(place, error, Object.keys(out)[index]!, begun - before);
  }
  return out;
}

/** Makes objects with these members. From text, because the engine gives a literal its final shape at once. */
function blankOf(keys: readonly string[]): () => Holder {
  // Names of GraphQL are letters, digits and underscores; in brackets, because of `__proto__`.
  const members = keys.map((key) => `[${JSON.stringify(key)}]: null`);
  // oxlint-disable-next-line no-new-func
  return new Function(`return { ${members.join(', ')} };`) as () => Holder;
}

/** A leaf that is read from a property of the same name; everything unusual is left to the full runner. */
function plainLeaf(field: PlannedField, nullable: boolean, serialize: Serializer, full: FieldRunner): FieldRunner {
  const { key, definition, parentType } = field;
  const { name } = definition;
  return (execution, source, out, outer) => {
    if (typeof source !== 'object' || source === null) return full(execution, source, out, outer);
    try {
      const value = (source as Holder)[name];
      if (typeof value === 'function' || (typeof value === 'object' && value !== null)) {
        full(execution, source, out, outer);
        return;
      }
      const serialized = serialize(value);
      if (serialized === null && !nullable) throw nullError(field);
      out[key] = serialized;
    } catch (error) {
      out[key] = failed(execution, new Place(outer, key, parentType.name, out, field, nullable), error);
    }
  };
}

/** What resolvers are told of their field. One that declares one to three parameters is told nothing. */
function infoMaker(
  { length: parameters }: Resolver,
  field: PlannedField,
): (execution: ExecutionState, outer: Place | undefined) => GraphQLResolveInfo {
  if (parameters > 0 && parameters < 4) return () => NO_INFO;
  return (execution, outer) => new FieldInfo(execution, field, outer);
}

const NO_INFO = undefined as unknown as GraphQLResolveInfo;

/** Given where no place is looked at. */
const NO_PLACE = undefined as unknown as Place;

/** Stands where an object will be. */
const NOT_YET = Object.freeze({});

type Resolver = NonNullable<PlannedField['definition']['resolve']>;

type Method = (this: unknown, args: unknown, context: unknown, info: unknown) => unknown;

/** The property of the same name; asked, if it is a method. */
function defaultResolver(name: string): Resolver {
  return (source, args, context, info) => {
    if ((typeof source !== 'object' || source === null) && typeof source !== 'function') return undefined;
    const value = (source as Holder)[name];
    return typeof value === 'function' ? (value as Method).call(source, args, context, info) : value;
  };
}

function leaf(serialize: Serializer): Completer {
  return (_execution, _place, value) => serialize(value);
}

function required(complete: Completer, field: PlannedField): Completer {
  return (execution, place, value) => {
    const completed = complete(execution, place, value);
    if (completed === null) throw nullError(field);
    return completed;
  };
}

/** Completes what is neither an error nor nothing. */
function present(complete: Completer): Completer {
  return (execution, place, value) => {
    if (value instanceof Error) throw value;
    return value === null || value === undefined ? null : complete(execution, place, value);
  };
}

/** Takes an error down where null may stand in for the value. Throws it on otherwise. */
function failed(execution: ExecutionState, place: Place, raw: unknown): null {
  const error = locatedError(raw, place.field.nodes, pathOf(place));
  if (!place.nullable) throw error;
  execution.add(error, place);
  return null;
}

function nullError(field: PlannedField): Error {
  return new Error(`Cannot return null for non-nullable field ${nameOf(field)}.`);
}

function nameOf({ parentType, definition }: PlannedField): string {
  return `${parentType.name}.${definition.name}`;
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return (
    ((typeof value === 'object' && value !== null) || typeof value === 'function') &&
    typeof (value as PromiseLike<unknown>).then === 'function'
  );
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && typeof (value as Iterable<unknown>)[Symbol.iterator] === 'function';
}
