import { Arg, Ctx, Field, Mutation, ObjectType, Resolver } from 'type-graphql';
import { Access } from '../../core/graphql/access.js';
import type { OperationContext } from '../../core/graphql/context.js';
import { KernelciLabInput, KernelciTokenInput } from './inputs.js';
import type { LabChange } from './lab-service.js';
import { ADMINS } from './permissions.js';
import { labBy, tokenBy, type LabRow, type TokenRow } from './reads.js';
import { kernelciOf } from './runtime.js';
import { KernelciLab, KernelciToken } from './types.js';

const LEGACY_ID = { description: 'Legacy id.' };
const LAB = { description: 'The lab.' };
const TOKEN = { description: 'The token.' };

@ObjectType('KernelciLabChange', { simpleResolvers: true, description: 'What came of a change of a lab.' })
class KernelciLabChange implements LabChange {
  @Field(() => KernelciLab, { description: 'The lab as it is now.' })
  lab!: LabRow;

  @Field(() => Boolean, { description: 'Whether anything is different now.' })
  changed!: boolean;

  @Field(() => Boolean, { description: 'False when a token was given that there is none of: the lab keeps its own.' })
  tokenFound!: boolean;
}

/** Labs (contract kernelci, section 6.5). */
@Resolver()
export class KernelciLabVerbResolver {
  @Access(ADMINS)
  @Mutation(() => KernelciLab, {
    description:
      'Makes a lab and its token, which may report and delete boots. With a token that there is none of it has none.',
  })
  async kernelciCreateLab(
    @Ctx() context: OperationContext,
    @Arg('input', () => KernelciLabInput, LAB) input: KernelciLabInput,
  ): Promise<LabRow | undefined> {
    return labBy(context.reader, 'oid', await kernelciOf(context).labs.create(context.principal, input));
  }

  @Access(ADMINS)
  @Mutation(() => KernelciLabChange, {
    description: 'Changes a lab; with another token the one before expires.',
  })
  async kernelciUpdateLab(
    @Ctx() context: OperationContext,
    @Arg('legacyId', () => String, LEGACY_ID) legacyId: string,
    @Arg('input', () => KernelciLabInput, LAB) input: KernelciLabInput,
  ): Promise<LabChange & { readonly lab: LabRow | undefined }> {
    const change = await kernelciOf(context).labs.update(context.principal, legacyId, input);
    return { ...change, lab: await labBy(context.reader, 'oid', legacyId.toLowerCase()) };
  }

  @Access(ADMINS)
  @Mutation(() => String, { description: 'Deletes a lab and its token.' })
  async kernelciDeleteLab(
    @Ctx() context: OperationContext,
    @Arg('legacyId', () => String, LEGACY_ID) legacyId: string,
  ): Promise<string> {
    await kernelciOf(context).labs.remove(context.principal, legacyId);
    return legacyId;
  }
}

/** Tokens (contract kernelci, section 6.6). */
@Resolver()
export class KernelciTokenVerbResolver {
  @Access(ADMINS)
  @Mutation(() => KernelciToken, { description: 'Makes a token.' })
  async kernelciCreateToken(
    @Ctx() context: OperationContext,
    @Arg('input', () => KernelciTokenInput, TOKEN) input: KernelciTokenInput,
  ): Promise<TokenRow | undefined> {
    return tokenBy(context.reader, 'oid', await kernelciOf(context).tokens.create(context.principal, input));
  }

  @Access(ADMINS)
  @Mutation(() => KernelciToken, { description: 'Changes a token; the token itself stays.' })
  async kernelciUpdateToken(
    @Ctx() context: OperationContext,
    @Arg('legacyId', () => String, LEGACY_ID) legacyId: string,
    @Arg('input', () => KernelciTokenInput, TOKEN) input: KernelciTokenInput,
  ): Promise<TokenRow | undefined> {
    await kernelciOf(context).tokens.update(context.principal, legacyId, input);
    return tokenBy(context.reader, 'oid', legacyId.toLowerCase());
  }

  @Access(ADMINS)
  @Mutation(() => String, { description: 'Deletes a token.' })
  async kernelciDeleteToken(
    @Ctx() context: OperationContext,
    @Arg('legacyId', () => String, LEGACY_ID) legacyId: string,
  ): Promise<string> {
    await kernelciOf(context).tokens.remove(context.principal, legacyId);
    return legacyId;
  }
}
