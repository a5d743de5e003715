import {
  getNamedType,
  GraphQLString,
  isCompositeType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredArgument,
  isRequiredInputField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  type OperationTypeNode,
} from 'graphql';
import { SYSTEMS } from '../../src/systems/index.js';
import type { Random } from '../bench/random.js';
import { madeUpDocument, madeUpValue, type Asked, type Scalars } from '../server/executor/documents.js';
import { Samples } from './samples.js';
import { EDGE_TEXTS } from './edge-texts.js';
import { EDGE_NUMBERS, edgeText, edgeValue, mutated } from './values.js';

/** A request of GraphQL before it is put into the words of a transport. */
export interface GraphqlRequest {
  readonly query: unknown;
  readonly variables?: unknown;
  readonly operationName?: unknown;
  readonly extensions?: unknown;
}

/** What tests of other things take for a document, too. */
const TOKENS = [
  '{',
  '}',
  '(',
  ')',
  '...',
  '@',
  '$',
  '!',
  ':',
  '[',
  ']',
  '"',
  '"""',
  '\\u{110000}',
  '#',
  '&',
  '\u0000',
  '\ufeff',
  '1e9999',
];

/** What scalars are made of; what a type refuses comes up by other ways. */
function scalars(ids: readonly string[], texts: readonly string[]): Scalars {
  const ints = EDGE_NUMBERS.filter((value) => Number.isInteger(value) && Math.abs(value) < 2 ** 31);
  return {
    Int: [...ints, 1, 2, 5],
    Float: EDGE_NUMBERS,
    SafeInt: [...EDGE_NUMBERS.filter(Number.isSafeInteger), 1, 2, 5, 42, 201, 214],
    Boolean: [true, false],
    ID: [...ids, ...ids, 7, ...EDGE_TEXTS],
    String: [...texts, ...EDGE_TEXTS],
    DateTime: ['2019-08-01T06:30:46Z', '2015-01-16T00:00:00.123456Z', '0001-01-01T00:00:00Z', '9999-12-31T23:59:59Z'],
    OffsetDateTime: ['2009-10-20T10:20:00-05:00', '9999-12-31T23:59:59+14:00'],
    JSON: [{ a: 1 }, [], 'x', 1, null, { a: { b: ['\u0000', '\ud800'] } }, '\u0000', JSON.parse('{"__proto__": 1}')],
    JSONObject: [{ a: 1 }, {}, { a: { b: ['\u0000', '\ud800'] } }, JSON.parse('{"__proto__": {"a": 1}}')],
  };
}

/** GraphQL requests over the schema: most documents are valid, some a little broken, with values of all kinds. */
export class GraphqlRequests {
  readonly #scalars: Scalars;
  readonly #samples: readonly Samples[];

  /** @param ids of records that there are */
  constructor(
    private readonly schema: GraphQLSchema,
    ids: readonly string[],
  ) {
    this.#samples = SYSTEMS.map(({ name }) => new Samples(name));
    this.#scalars = scalars(
      ids,
      this.#samples.flatMap(({ texts }) => texts),
    );
  }

  next(random: Random): GraphqlRequest {
    const { document, variables } = random.chance(0.5) ? this.#oneField(random) : this.#asked(random);
    const query = random.chance(0.1) ? broken(document, random) : document;
    const given = random.chance(0.08) ? mutated(variables, random) : variables;
    return {
      query: random.chance(0.02) ? edgeValue(random) : query,
      ...((Object.keys(variables).length > 0 || random.chance(0.1)) && { variables: given }),
      ...(random.chance(0.03) && { operationName: edgeValue(random) }),
      ...(random.chance(0.03) && { extensions: random.pick([edgeValue(random), PERSISTED]) }),
    };
  }

  #asked(random: Random): Asked {
    const type = random.chance(0.35) ? this.schema.getMutationType() : this.schema.getQueryType();
    return used(madeUpDocument(this.schema, random.below(2 ** 31), type as GraphQLObjectType, this.#scalars));
  }

  /** One field of the schema's roots with all that it takes, each value in a variable. */
  #oneField(random: Random): Asked {
    const isMutation = random.chance(0.7);
    return this.#operation(isMutation ? 'mutation' : 'query', random);
  }

  /** A subscription, with made-up arguments. */
  subscription(random: Random): GraphqlRequest {
    const { document: query, variables } = this.#operation('subscription', random);
    return { query, variables };
  }

  #operation(kind: 'query' | 'mutation' | 'subscription', random: Random): Asked {
    const type = this.schema.getRootType(kind as OperationTypeNode) as GraphQLObjectType;
    const field = random.pick(Object.values(type.getFields()));
    const args = field.args.filter((arg) => isRequiredArgument(arg) || random.chance(0.7));
    const variables = Object.fromEntries(args.map((arg) => [arg.name, this.#value(arg, random)]));
    const head = args.map(({ name, type: given }) => `$${name}: ${String(given)}`).join(' ');
    const given = args.map(({ name }) => `${name}: $${name}`).join(' ');
    const body = leaves(getNamedType(field.type));
    const document = `${kind}${head && `(${head})`} { ${field.name}${given && `(${given})`} ${body} }`;
    return { document, variables };
  }

  /** A value for an argument or a member of an input; texts are often some that a member of that name has. */
  #value(
    { name, type }: { readonly name: string; readonly type: GraphQLInputType },
    random: Random,
    depth = 0,
  ): unknown {
    const inner = isNonNullType(type) ? type.ofType : type;
    if (isInputObjectType(inner)) {
      const fields = Object.values(inner.getFields()).filter(
        (field) => isRequiredInputField(field) || (depth < 4 && random.chance(depth === 0 ? 0.6 : 0.3)),
      );
      return Object.fromEntries(fields.map((field) => [field.name, this.#value(field, random, depth + 1)]));
    }
    if (isListType(inner)) {
      return Array.from({ length: random.below(3) }, () => this.#value({ name, type: inner.ofType }, random, depth));
    }
    if (inner === GraphQLString && random.chance(0.6)) return random.pick(random.pick(this.#samples).valuesOf(name));
    return madeUpValue(inner, random, depth, this.#scalars) ?? (random.chance(0.5) ? null : madeUpValue(inner, random));
  }
}

/** What is asked of an answer: its plain fields, and those of what it is made of. */
function leaves(type: GraphQLNamedType, depth = 0): string {
  if (!isCompositeType(type)) return '';
  if (!('getFields' in type)) return '{ __typename }';
  const fields = Object.values(type.getFields()).filter(({ args }) => !args.some(isRequiredArgument));
  const parts = fields.map(({ name, type: inner }) => {
    const named = getNamedType(inner);
    if (!isCompositeType(named)) return name;
    return depth < 1 ? `${name} ${leaves(named, depth + 1)}` : '';
  });
  return `{ __typename ${parts.join(' ')} }`;
}

/** The document without the variables that it declares for conditions and does not use. */
function used({ document, variables }: Asked): Asked {
  const unused = ['yes', 'no', 'usual'].filter((name) => document.split(`$${name}`).length === 2);
  const removed = unused.reduce(
    (text, name) => text.replace(new RegExp(`\\$${name}: Boolean!( = true)? `), ''),
    document.replace('()', ''),
  );
  return { document: removed.replace('()', ''), variables };
}

const PERSISTED = { persistedQuery: { version: 1, sha256Hash: 'f'.repeat(64) } };

/** A document with a token more, less or changed. */
function broken(document: string, random: Random): string {
  const at = random.below(document.length);
  const rest = document.slice(at);
  switch (random.below(5)) {
    case 0:
      return document.slice(0, at) + random.pick(TOKENS) + rest;
    case 1:
      return document.slice(0, at) + rest.slice(1 + random.below(8));
    case 2:
      return document.slice(0, at);
    case 3:
      return document.slice(0, at) + edgeText(random) + rest;
    default:
      return `${document} ${document}`;
  }
}
