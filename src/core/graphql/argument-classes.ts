import type { getMetadataStorage } from 'type-graphql';

type Class = new () => object;
type Members = Readonly<Record<string, unknown>>;
type Metadata = ReturnType<typeof getMetadataStorage>;
type Convert = (value: unknown) => unknown;

/** A parameter of a resolver that takes arguments: one of them, or all in one. */
export type ArgumentMetadata = Metadata['params'][number] & { readonly kind: 'arg' | 'args' };

/**
 * Gives the arguments of resolvers the classes that their parameters declare, as type-graphql does: an instance with the
 * members that were given and no others.
 */
export class ArgumentClasses {
  readonly #inputs: ReadonlySet<unknown>;
  readonly #fields: ReadonlyMap<unknown, Metadata['fields']>;
  readonly #known = new Map<Class, Convert>();

  constructor({ inputTypes, fields }: Metadata) {
    this.#inputs = new Set(inputTypes.map(({ target }) => target));
    this.#fields = Map.groupBy(fields, ({ target }) => target as unknown);
  }

  /** What a parameter is given. Converts once for all rows that are asked with the same arguments. */
  reader(param: ArgumentMetadata): (args: Members) => unknown {
    const target = param.getType() as unknown as Class;
    const convert = param.kind === 'args' ? this.#instance(target) : this.#one(param.name, target);
    let last: Members | undefined;
    let converted: unknown;
    return (args) => {
      if (args !== last) {
        converted = convert(args);
        last = args;
      }
      return converted;
    };
  }

  #one(name: string, target: Class): Convert {
    const convert = this.#value(target);
    return (args) => convert((args as Members)[name]);
  }

  /** Values of input classes become instances, through lists; all others stay. */
  #value(target: Class): Convert {
    if (!this.#inputs.has(target)) return (value) => value;
    const convert = this.#instance(target);
    const each: Convert = (value) => {
      if (value === null || value === undefined) return value;
      return Array.isArray(value) ? value.map(each) : convert(value);
    };
    return each;
  }

  /** Makes an instance out of the members that its class and those above it declare. */
  #instance(target: Class): Convert {
    const known = this.#known.get(target);
    if (known) return known;
    const initial = new target() as Members;
    const declared = new Map<string, Convert>();
    const convert: Convert = (value) => {
      const instance = Object.create(target.prototype as object) as Record<string, unknown>;
      for (const name of names) {
        const given = (value as Members)[name];
        const member = given === undefined ? initial[name] : declared.get(name)?.(given);
        if (member !== undefined) instance[name] = member;
      }
      return instance;
    };
    // Before its members, which may be of the same class.
    this.#known.set(target, convert);
    for (let at: Class | null = target; at?.prototype; at = Object.getPrototypeOf(at) as Class | null) {
      for (const { name, getType } of this.#fields.get(at) ?? []) {
        if (!declared.has(name)) declared.set(name, this.#value(getType() as unknown as Class));
      }
    }
    // In the order that the class gives its members, then in that of their declarations.
    const names = new Set([...Object.keys(initial), ...declared.keys()]);
    return convert;
  }
}
