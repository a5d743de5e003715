import { Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { OperationContext } from '../../core/graphql/context.js';
import type { PageArgs } from '../../core/graphql/page-args.js';
import { DateTime, Json, SafeInt } from '../../core/graphql/scalars.js';
import type { TypeClass } from '../../core/graphql/types.js';
import { parseExact } from '../../core/json.js';
import { propertyOf, type Member, type Members } from './lists/declare.js';

/** Fields of GraphQL types that are made from declarations instead of being written one by one. */

/** A field that a row computes. */
export interface ComputedField {
  /** A type, or a list of one. */
  readonly type: () => unknown;
  /** Whether there may be no value, or none as an element of the list. */
  readonly nullable: boolean | 'items';
  readonly description: string;
  readonly value: (row: never, context: OperationContext) => unknown;
}

/** Fields by name. */
export type ComputedFields = Readonly<Record<string, ComputedField>>;

/** A resolver class of the fields of a type. */
export function computed(type: () => TypeClass, fields: ComputedFields): new () => object {
  @Resolver(type)
  class ComputedFieldsResolver {}
  for (const [name, { value, ...field }] of Object.entries(fields)) {
    addField(ComputedFieldsResolver.prototype, name, field, value);
    Root()(ComputedFieldsResolver.prototype, name, 0);
    Ctx()(ComputedFieldsResolver.prototype, name, 1);
  }
  return ComputedFieldsResolver;
}

/** Adds a list with arguments to the resolver class of an object that has no value of its own. */
export function addList(
  target: object,
  name: string,
  field: Omit<ComputedField, 'value' | 'nullable'> & { readonly args: new () => PageArgs },
  value: (context: OperationContext, args: PageArgs) => unknown,
): void {
  addField(target, name, { ...field, nullable: false }, value as ComputedField['value']);
  Ctx()(target, name, 0);
  Args(() => field.args)(target, name, 1);
}

/** Adds a field with its value; the caller says what its parameters are. */
export function addField(
  target: object,
  name: string,
  { type, nullable, description }: Omit<ComputedField, 'value'>,
  value: (...parameters: never[]) => unknown,
): void {
  const descriptor = { value };
  Object.defineProperty(target, name, descriptor);
  FieldResolver(type as () => TypeClass, { nullable, description })(target, name, descriptor);
}

const SCALARS = { text: String, integer: SafeInt, float: Number, time: DateTime, boolean: Boolean, enum: SafeInt };

/** GraphQL type of a member. */
export function scalarOf({ type, unlisted }: Member): object {
  return unlisted === 'json' ? Json : SCALARS[type];
}

/** The value of a member as GraphQL shows it. */
function shown({ unlisted }: Member, value: unknown): unknown {
  return unlisted === 'json' && typeof value === 'string' ? parseExact(value) : value;
}

/** Fields for members of a row, which carries them by their names or, in a table that all systems share, as `rodan…`. */
export function memberFields(members: Members, place: 'own' | 'shared'): ComputedFields {
  const entries = Object.entries(members).map(([name, member]): [string, ComputedField] => {
    const property = place === 'own' ? name : propertyOf(name);
    const value = (row: Readonly<Record<string, unknown>>): unknown => shown(member, row[property]);
    const { nullable, description } = member;
    return [name, { type: () => scalarOf(member), nullable, description, value }];
  });
  return Object.fromEntries(entries.filter(([name]) => members[name]?.unlisted !== 'hidden'));
}
