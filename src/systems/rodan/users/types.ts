import { ArgsType, Field, InputType, ObjectType } from 'type-graphql';
import type { UserRow } from '../reads.js';
import { RodanUser } from '../types.js';
import type { Credentials, NewUser, PasswordChange, UserChange } from './user-service.js';

/** What is said to the verbs of users, and what they answer (contract rodan, section 4). */

const TEXT = { nullable: true } as const;

@ArgsType()
export class RodanLogInArgs implements Credentials {
  @Field(() => String, { ...TEXT, description: 'Name; counts before the address.' })
  username?: string | null;

  @Field(() => String, { ...TEXT, description: 'Address of e-mail in place of the name.' })
  email?: string | null;

  @Field(() => String, { ...TEXT, description: 'Password.' })
  password?: string | null;
}

@ArgsType()
export class RodanPasswordArgs implements PasswordChange {
  @Field(() => String, { ...TEXT, description: 'The password so far. Must be given.' })
  currentPassword?: string | null;

  @Field(() => String, { ...TEXT, description: 'The password from now on, at most 128 characters. Must be given.' })
  newPassword?: string | null;
}

@InputType('RodanUserInput', { description: 'What users may change about themselves; what is not given stays.' })
export class RodanUserInput implements UserChange {
  @Field(() => String, {
    ...TEXT,
    description:
      'Name that they sign in with: at most 150 letters, digits and `@ . + - _`; no two users have the same.',
  })
  username?: string | null;

  @Field(() => String, { ...TEXT, description: 'First name, at most 150 characters.' })
  firstName?: string | null;

  @Field(() => String, { ...TEXT, description: 'Last name, at most 150 characters.' })
  lastName?: string | null;

  @Field(() => String, { ...TEXT, description: 'Address of e-mail, or the empty text.' })
  email?: string | null;
}

@InputType('RodanNewUserInput', { description: 'A new user.' })
export class RodanNewUserInput implements NewUser {
  @Field(() => String, {
    ...TEXT,
    description: 'Name to sign in with: at most 150 letters, digits and `@ . + - _`. Must be given.',
  })
  username?: string | null;

  @Field(() => String, { ...TEXT, description: 'Password, at most 128 characters. Must be given.' })
  password?: string | null;

  @Field(() => String, { ...TEXT, description: 'Address of e-mail; none unless given.' })
  email?: string | null;
}

@ObjectType('RodanLogIn', { simpleResolvers: true, description: 'Somebody who has logged in.' })
export class RodanLogIn {
  @Field(() => String, { description: 'Key for the REST interface: the same one at every login until it is reset.' })
  token!: string;

  @Field(() => String, { description: 'Address of e-mail, which strangers are not shown; may be empty.' })
  email!: string;

  @Field(() => RodanUser, { description: 'The user.' })
  user!: UserRow;
}
