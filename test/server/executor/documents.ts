import {
  getNamedType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import { Random } from '../../bench/random.js';

/** A document with what it is executed with. */
export interface Asked {
  readonly document: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Values to choose from, by scalar type. */
export type Scalars = Readonly<Record<string, readonly unknown[]>>;

/** A document over a schema, made up from a seed: mostly valid. */
export function madeUpDocument(
  schema: GraphQLSchema,
  seed: number,
  type: GraphQLObjectType,
  scalars: Scalars = SCALARS,
): Asked {
  return new DocumentMaker(schema, new Random(seed), scalars).document(type);
}

/** Values for the variables of an operation, made up: some of them wrong, some left out. */
export function madeUpValue(type: GraphQLInputType, random: Random, depth = 0, scalars: Scalars = SCALARS): unknown {
  if (isNonNullType(type)) return random.chance(0.02) ? null : madeUpValue(type.ofType, random, depth, scalars);
  if (random.chance(0.1)) return null;
  if (random.chance(0.03)) return random.pick(['wrong', -1, { wrong: true }]);
  if (isListType(type)) {
    return Array.from({ length: random.below(3) }, () => madeUpValue(type.ofType, random, depth, scalars));
  }
  if (isEnumType(type)) return random.pick(type.getValues()).name;
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter(
      (field) => isNonNullType(field.type) || (depth < 3 && random.chance(0.2)),
    );
    const member = (inner: GraphQLInputType): unknown => madeUpValue(inner, random, depth + 1, scalars);
    return Object.fromEntries(fields.map(({ name, type: inner }) => [name, member(inner)]));
  }
  return random.pick(scalars[type.name] ?? ['x', 1, { a: 1 }]);
}

const SCALARS: Scalars = {
  Int: [0, 1, 2, 3, 100],
  Float: [0, 1.5],
  Boolean: [true, false],
  ID: ['a', 'b', '7', 7],
  String: ['', 'a', 'b'],
  DateTime: ['2019-08-01T06:30:46Z'],
  SafeInt: [0, 1, 9007199254740991],
};

class DocumentMaker {
  readonly #definitions: string[] = [];
  readonly #fragments: { readonly name: string; readonly type: string }[] = [];
  readonly #variables: Record<string, unknown> = {};
  #left = 60;

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly random: Random,
    private readonly scalars: Scalars,
  ) {}

  document(type: GraphQLObjectType): Asked {
    const kind = type === this.schema.getMutationType() ? 'mutation' : 'query';
    for (const name of ['yes', 'no', 'usual']) this.#declare('Boolean!', name === 'usual' ? '= true' : '', name);
    this.#variables['yes'] = true;
    this.#variables['no'] = false;
    if (this.random.chance(0.3)) this.#variables['usual'] = this.random.chance(0.5);
    const body = this.#selections(type, 0);
    const head = this.#definitions.length === 0 ? '' : `(${this.#definitions.join(' ')})`;
    const fragments = this.#texts.join('\n');
    return { document: `${kind} ${head} ${body}\n${fragments}`, variables: this.#variables };
  }

  readonly #texts: string[] = [];

  #declare(type: string, usual: string, name = `v${this.#definitions.length}`): string {
    this.#definitions.push(`$${name}: ${type} ${usual}`);
    return `$${name}`;
  }

  #selections(type: GraphQLCompositeType, depth: number): string {
    const parts: string[] = [];
    const count = 1 + this.random.below(5);
    for (let index = 0; index < count && this.#left > 0; index += 1) parts.push(this.#selection(type, depth));
    return `{ ${parts.filter(Boolean).join(' ') || '__typename'} }`;
  }

  #selection(type: GraphQLCompositeType, depth: number): string {
    this.#left -= 1;
    const { random } = this;
    if (random.chance(0.08)) return `${this.#alias()}__typename ${this.#directive()}`;
    if (depth < 5 && random.chance(0.2)) return this.#inline(type, depth);
    if (depth < 5 && random.chance(0.1)) return this.#spread(type, depth);
    if (!('getFields' in type)) return '__typename';
    const fields = Object.values(type.getFields());
    const leaves = fields.filter((field) => !isCompositeType(getNamedType(field.type)));
    const wanted = depth < 5 && random.chance(0.6) ? fields : leaves.length > 0 ? leaves : [];
    return wanted.length === 0 ? '__typename' : this.#field(random.pick(wanted), depth);
  }

  #field(field: GraphQLField<unknown, unknown>, depth: number): string {
    const inner = getNamedType(field.type);
    const body = isCompositeType(inner) ? this.#selections(inner, depth + 1) : '';
    const plain = field.args.length === 0 && this.random.chance(0.8);
    return `${plain ? '' : this.#alias()}${field.name}${this.#arguments(field)} ${this.#directive()} ${body}`;
  }

  /** Names of their own keep different arguments apart. */
  #alias(): string {
    const name = this.random.chance(0.05) ? '__proto__' : `a${this.#left}${this.random.below(1000)}`;
    return `${name}: `;
  }

  #directive(): string {
    if (this.random.chance(0.8)) return '';
    const condition = this.random.pick(['$yes', '$no', '$usual', 'true', 'false']);
    return `@${this.random.pick(['skip', 'include'])}(if: ${condition})`;
  }

  #arguments({ args }: GraphQLField<unknown, unknown>): string {
    const given = args.filter(
      (arg) => (isNonNullType(arg.type) && arg.defaultValue === undefined) || this.random.chance(0.2),
    );
    const texts = given.map(({ name, type }) => `${name}: ${this.#argument(type)}`);
    return texts.length === 0 ? '' : `(${texts.join(' ')})`;
  }

  #argument(type: GraphQLInputType): string {
    const value = madeUpValue(type, this.random, 0, this.scalars);
    if (this.random.chance(0.5)) return literal(type, value);
    const name = this.#declare(String(type), '');
    if (isNonNullType(type) || this.random.chance(0.8)) this.#variables[name.slice(1)] = value;
    return name;
  }

  #inline(type: GraphQLCompositeType, depth: number): string {
    const on = this.#condition(type);
    const head = this.random.chance(0.2) ? '' : `on ${on.name}`;
    return `... ${head} ${this.#directive()} ${this.#selections(head ? on : type, depth)}`;
  }

  #spread(type: GraphQLCompositeType, depth: number): string {
    const on = this.#condition(type);
    const known = this.#fragments.filter((fragment) => fragment.type === on.name);
    if (known.length > 0 && this.random.chance(0.5)) return `...${this.random.pick(known).name} ${this.#directive()}`;
    const name = `F${this.#texts.length}x${this.#left}`;
    const body = this.#selections(on, depth);
    this.#fragments.push({ name, type: on.name });
    this.#texts.push(`fragment ${name} on ${on.name} ${body}`);
    return `...${name} ${this.#directive()}`;
  }

  /** The type itself, one that it may be, or an interface that it has. */
  #condition(type: GraphQLCompositeType): GraphQLCompositeType {
    const below = isAbstractType(type) ? this.schema.getPossibleTypes(type) : [];
    const above = 'getInterfaces' in type ? type.getInterfaces() : [];
    return this.random.pick<GraphQLCompositeType>([type, ...below, ...above]);
  }
}

/** A value as it stands in a document. */
function literal(type: GraphQLInputType, value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (isNonNullType(type)) return literal(type.ofType, value);
  if (isListType(type) && Array.isArray(value)) return `[${value.map((item) => literal(type.ofType, item)).join(' ')}]`;
  if (isEnumType(type)) return String(value);
  if (typeof value !== 'object') return JSON.stringify(value);
  const fields = isInputObjectType(type) ? type.getFields() : {};
  const members = Object.entries(value).map(([name, member]) => {
    const inner = fields[name]?.type;
    return `${name}: ${inner ? literal(inner, member) : JSON.stringify(member)}`;
  });
  return `{ ${members.join(' ')} }`;
}
