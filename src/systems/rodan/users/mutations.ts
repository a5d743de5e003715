import { Arg, Args, Ctx, Mutation, Resolver } from 'type-graphql';
import { Access, everybody } from '../../../core/graphql/access.js';
import type { OperationContext } from '../../../core/graphql/context.js';
import { CHECK, RodanCheck } from '../check.js';
import { USER_BY_NUMBER, type UserRow } from '../reads.js';
import { viewers } from '../rights.js';
import { rodanOf } from '../runtime.js';
import { RodanUser } from '../types.js';
import { RodanLogIn, RodanLogInArgs, RodanNewUserInput, RodanPasswordArgs, RodanUserInput } from './types.js';
import type { Checking } from './user-service.js';

const CALLERS = viewers('Needs credentials.');

/** What a check that was asked for means to the service: it makes no difference how far it goes. */
function checking(check: RodanCheck | null | undefined): Checking {
  return { onlyCheck: check != null };
}

/** The user as stored now; null after a check. */
async function changed(
  context: OperationContext,
  { onlyCheck }: Checking,
  number: number | null,
): Promise<UserRow | null> {
  if (onlyCheck || number === null) return null;
  context.forget();
  return (await context.load(USER_BY_NUMBER, number)) ?? null;
}

/** What users do about themselves (contract rodan, section 4). */
@Resolver()
export class RodanUserVerbs {
  @Access(everybody('Needs no credentials.'))
  @Mutation(() => RodanLogIn, {
    description:
      'Tells the key of a user by name (or address) and password. UNAUTHENTICATED when one is missing or they do not fit, FORBIDDEN when the user is inactive.',
  })
  async rodanLogIn(
    @Ctx() context: OperationContext,
    @Args(() => RodanLogInArgs) credentials: RodanLogInArgs,
  ): Promise<RodanLogIn> {
    const { token, number } = await rodanOf(context).users.logIn(credentials, context.address);
    const user = await context.load(USER_BY_NUMBER, number);
    if (!user) throw new Error('A user is gone who has just logged in.');
    return { token, email: user.email, user };
  }

  @Access(CALLERS)
  @Mutation(() => Boolean, { description: "Makes the caller's key useless; true. The next login makes another." })
  async rodanResetToken(@Ctx() context: OperationContext): Promise<boolean> {
    await rodanOf(context).users.resetToken(context.principal);
    return true;
  }

  @Access(CALLERS)
  @Mutation(() => Boolean, {
    nullable: true,
    description: 'Gives the caller another password; true. INVALID when the current one is wrong.',
  })
  async rodanChangePassword(
    @Ctx() context: OperationContext,
    @Args(() => RodanPasswordArgs) change: RodanPasswordArgs,
    @Arg('check', () => RodanCheck, CHECK) check?: RodanCheck | null,
  ): Promise<true | null> {
    await rodanOf(context).users.changePassword(context.principal, change, checking(check));
    return check == null ? true : null;
  }

  @Access(CALLERS)
  @Mutation(() => RodanUser, {
    nullable: true,
    description: 'Changes the caller. What a user may do is not theirs to change.',
  })
  async rodanUpdateMe(
    @Ctx() context: OperationContext,
    @Arg('input', () => RodanUserInput, { description: 'What changes.' }) input: RodanUserInput,
    @Arg('check', () => RodanCheck, CHECK) check?: RodanCheck | null,
  ): Promise<UserRow | null> {
    const number = await rodanOf(context).users.updateMe(context.principal, input, checking(check));
    return changed(context, checking(check), number);
  }

  @Access(everybody('Everybody may, without credentials.'))
  @Mutation(() => RodanUser, {
    nullable: true,
    description: 'Makes a user without any rights.',
  })
  async rodanRegister(
    @Ctx() context: OperationContext,
    @Arg('input', () => RodanNewUserInput, { description: 'The user.' }) input: RodanNewUserInput,
    @Arg('check', () => RodanCheck, CHECK) check?: RodanCheck | null,
  ): Promise<UserRow | null> {
    const number = await rodanOf(context).users.register(context.principal, input, checking(check));
    return changed(context, checking(check), number);
  }

  @Access(viewers('Staff and administrators of the gateway only.'))
  @Mutation(() => RodanUser, {
    nullable: true,
    description: 'Makes a user without any rights.',
  })
  async rodanCreateUser(
    @Ctx() context: OperationContext,
    @Arg('input', () => RodanNewUserInput, { description: 'The user.' }) input: RodanNewUserInput,
    @Arg('check', () => RodanCheck, CHECK) check?: RodanCheck | null,
  ): Promise<UserRow | null> {
    const number = await rodanOf(context).users.create(context.principal, input, checking(check));
    return changed(context, checking(check), number);
  }
}
