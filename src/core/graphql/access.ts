import { Extensions } from 'type-graphql';
import type { GraphQLField, GraphQLFieldResolver, GraphQLSchema } from 'graphql';
import { BuildgateError } from '../errors.js';
import type { OperationContext } from './context.js';

/** Who may use a field of the schema. Declared with `Access`; the schema tells of it and enforces it. */
export interface AccessRule {
  /** Who may, in a sentence or two for the reader of the schema: stands at the end of the field's description. */
  readonly who: string;
  /** Roles of which the caller needs one, or `user`: anybody with credentials. Null where everybody may ask. */
  readonly needs: readonly string[] | 'user' | null;
  /**
   * Refuses a caller before the field's resolver is called. What depends on a record (whose it is) is for the verb to ask,
   * which has the record locked; `who` tells of it.
   * @throws BuildgateError UNAUTHENTICATED or FORBIDDEN
   */
  readonly check: (context: OperationContext) => void;
}

/** Role of the workers that move records. */
export const AGENT_ROLE = 'agent';

/** The caller needs one of some roles of the gateway; administrators have all of them. */
export function anyRole(roles: readonly string[], who: string): AccessRule {
  return { who, needs: roles, check: (context) => context.requireRole(roles) };
}

/** The workers of a system. */
export const AGENTS = anyRole([AGENT_ROLE], 'Agents only.');

/** Everybody may ask, with or without credentials. */
export function everybody(who: string): AccessRule {
  return { who, needs: null, check: () => undefined };
}

/** Anybody with credentials may ask. */
export function anyUser(who: string, check = (context: OperationContext): void => context.requireUser()): AccessRule {
  return { who, needs: 'user', check };
}

const ACCESS = 'access';

/** Declares who may use a field: stands beside `Query`, `Mutation` or `FieldResolver`. */
export function Access(rule: AccessRule): MethodDecorator {
  return Extensions({ [ACCESS]: rule });
}

type AnyField = GraphQLField<unknown, OperationContext, Record<string, unknown>>;

/** The declared rule of a field; undefined where none is. */
export function accessOf({ extensions }: Pick<AnyField, 'extensions'>): AccessRule | undefined {
  return extensions[ACCESS] as AccessRule | undefined;
}

/**
 * Has every field with a rule ask it before its resolver, and tell of it in its description.
 * @throws Error naming the mutations without a rule: a fault of ours, found at start
 */
export function enforceAccess(schema: GraphQLSchema): void {
  const mutations = Object.values(schema.getMutationType()?.getFields() ?? {});
  const undeclared = mutations.filter((field) => !accessOf(field));
  if (undeclared.length > 0) {
    throw new Error(`Nothing says who may call ${undeclared.map(({ name }) => name).join(', ')}.`);
  }
  for (const field of mutations) enforce(field, refusingReaders);
  const others = Object.values(schema.getTypeMap()).filter((type) => type !== schema.getMutationType());
  for (const type of others) {
    if (!('getFields' in type)) continue;
    for (const field of Object.values(type.getFields())) if ('resolve' in field) enforce(field);
  }
}

function enforce(field: AnyField, before?: (context: OperationContext) => void): void {
  const rule = accessOf(field);
  const { resolve } = field;
  if (!rule || !resolve) return;
  const guarded: GraphQLFieldResolver<unknown, OperationContext, Record<string, unknown>> = (...given) => {
    const [, , context] = given;
    before?.(context);
    rule.check(context);
    return resolve(...given);
  };
  field.resolve = guarded;
  field.description = field.description ? `${field.description} ${rule.who}` : rule.who;
}

/** Tokens that are made for reading change nothing, whatever their user may. */
function refusingReaders({ principal }: OperationContext): void {
  if (principal.readOnly) throw new BuildgateError('FORBIDDEN', 'This token is for reading only.');
}
