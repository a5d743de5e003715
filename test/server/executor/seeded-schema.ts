import {
  assertObjectType,
  buildSchema,
  getNullableType,
  GraphQLError,
  isAbstractType,
  isEnumType,
  isIntrospectionType,
  isListType,
  isNonNullType,
  isObjectType,
  isScalarType,
  type GraphQLOutputType,
  type GraphQLSchema,
} from 'graphql';
import { Random } from '../../bench/random.js';

/** How often something unusual happens: of a thousand values. */
export interface Oddities {
  readonly errors: number;
  readonly nulls: number;
  readonly promises: number;
}

/** What resolvers of a seeded schema get as root value and context. */
export interface Seed {
  readonly seed: number;
  readonly oddities: Oddities;
}

type Path = { readonly prev: Path | undefined; readonly key: string | number } | undefined;

/**
 * The shape of a printed schema with resolvers that make values up: the same for the same seed and path, whoever asks
 * and in which order. Errors, nulls and wrong values come up anywhere, promises take up to four turns or a timer.
 * Fields whose name has an even length are properties of their object, the others have resolvers.
 */
export function seededSchema(printed: string): GraphQLSchema {
  const schema = buildSchema(printed);
  for (const type of Object.values(schema.getTypeMap())) {
    if (isAbstractType(type))
      type.resolveType = (value: unknown) => (value instanceof Made ? (value.typeName() as string) : undefined);
    if (isScalarType(type) && type.name === 'DateTime') type.serialize = serializeTime;
    if (!isObjectType(type) || isIntrospectionType(type)) continue;
    const isRoot = type === schema.getQueryType() || type === schema.getMutationType();
    for (const field of Object.values(type.getFields())) {
      if (!isRoot && field.name.length % 2 === 0) continue;
      field.resolve = (_source, args, context: Seed, info) =>
        new Values(schema, context).at(field.type, `${text(info.path)}${JSON.stringify(args)}`);
    }
  }
  return schema;
}

function serializeTime(value: unknown): unknown {
  if (value === 'no time') throw new GraphQLError('DateTime: no time.');
  return value === 'nothing' ? undefined : `at ${String(value)}`;
}

function text(path: Path): string {
  return path ? `${text(path.prev)}/${path.key}` : '';
}

/** An object that knows its type; its members are made up when they are read. */
class Made {
  constructor(
    private readonly type: string,
    private readonly told: unknown,
  ) {}

  typeName(): unknown {
    return this.told ?? this.type;
  }
}

/** Makes values up. */
class Values {
  constructor(
    private readonly schema: GraphQLSchema,
    private readonly seed: Seed,
  ) {}

  /** A value of a type, perhaps promised, or what a broken resolver does. */
  at(type: GraphQLOutputType, place: string): unknown {
    const random = this.#random(`${place}!`);
    const { promises } = this.seed.oddities;
    if (!random.chance(promises / 1000)) return this.#now(type, place);
    const promise = this.#after(random.below(5), type, place);
    // Some are never asked, since what holds them has failed.
    promise.catch(() => undefined);
    return promise;
  }

  async #after(turns: number, type: GraphQLOutputType, place: string): Promise<unknown> {
    if (turns === 4) await new Promise((resolve) => setTimeout(resolve, 1));
    else for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
    return this.#now(type, place);
  }

  #random(place: string): Random {
    let hash = this.seed.seed | 0;
    for (const char of place) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193);
    return new Random(hash);
  }

  #now(type: GraphQLOutputType, place: string): unknown {
    const random = this.#random(place);
    const { errors, nulls } = this.seed.oddities;
    if (random.chance(errors / 1000)) return broken(random, place);
    if (random.chance(nulls / 1000)) return random.chance(0.5) ? null : undefined;
    return this.#value(getNullableType(type), place, random);
  }

  #value(type: GraphQLOutputType, place: string, random: Random): unknown {
    if (isListType(type)) {
      const items = Array.from({ length: random.below(4) }, (_, index) => this.at(type.ofType, `${place}[${index}]`));
      return random.chance(0.1) ? new Set(items) : items;
    }
    if (isEnumType(type)) return random.pick(type.getValues()).value;
    if (isScalarType(type)) return scalar(type.name, random);
    return this.#object(type, place, random);
  }

  #object(type: GraphQLOutputType, place: string, random: Random): unknown {
    if (isNonNullType(type) || !(isAbstractType(type) || isObjectType(type)))
      throw new Error(`What is ${String(type)}?`);
    const concrete = isAbstractType(type) ? random.pick(this.schema.getPossibleTypes(type)) : type;
    const told = random.chance(this.seed.oddities.errors / 2000) ? random.pick(WRONG_TYPES) : undefined;
    const later = random.chance(0.1) ? Promise.resolve(told ?? concrete.name) : told;
    const object = new Made(concrete.name, later);
    for (const field of Object.values(assertObjectType(concrete).getFields())) {
      if (field.resolve) continue;
      let made: { readonly value: unknown } | undefined;
      const at = `${place}.${field.name}`;
      const get = (): unknown => (made ??= { value: this.#member(field.type, at) }).value;
      Object.defineProperty(object, field.name, { get });
    }
    return object;
  }

  /** A property of an object: a value, or a method that gives it. */
  #member(type: GraphQLOutputType, place: string): unknown {
    const isMethod = this.#random(`${place}?`).chance(0.3);
    return isMethod ? () => this.at(type, place) : this.at(type, place);
  }
}

const WRONG_TYPES = ['Nothing', 'System', 'Project', 'FreshmakerBuild', 7];

function broken(random: Random, place: string): unknown {
  const message = `broken at ${place.slice(-20)}`;
  switch (random.below(5)) {
    case 0:
      throw new Error(message);
    case 1:
      throw new GraphQLError(message, { extensions: { code: 'BROKEN' } });
    case 2:
      return new Error(message);
    case 3:
      // What is thrown need not be an error.
      // oxlint-disable-next-line no-throw-literal
      throw message;
    default:
      return { what: 'nobody asked for' };
  }
}

function scalar(name: string, random: Random): unknown {
  switch (name) {
    case 'Boolean':
      return random.pick([true, false, true, false, 1, 'yes']);
    case 'Int':
      return random.pick([0, 1, -7, 2147483647, 2147483647, '12', 1.5, 4e9]);
    case 'Float':
      return random.pick([0, 1.5]);
    case 'ID':
      return random.pick(['a', 'b', 7, 'c', 1.5]);
    case 'String':
      return random.pick(['', 'a', 'ä"\n', 'b', 5, true]);
    case 'DateTime':
      return random.pick([1, 2, 3, 4, 5, 'no time', 'nothing']);
    default:
      return random.pick([1, 'x', { a: [1, { b: null }] }, [1, 2]]);
  }
}
