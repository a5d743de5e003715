import { Arg, Args, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { Access } from '../../core/graphql/access.js';
import type { Connection } from '../../core/graphql/connection.js';
import type { OperationContext } from '../../core/graphql/context.js';
import { listed } from '../../core/graphql/listed.js';
import { ownPageArgs, type PageArgs } from '../../core/graphql/page-args.js';
import type { RecordList } from '../../core/list/fields.js';
import type { OrderInput } from '../../core/list/order.js';
import {
  BUILD_LOGS,
  BuildLogInputs,
  JOB_LOGS,
  JobLogInputs,
  LABS,
  LabInputs,
  STATISTICS_LIST,
  StatisticsInputs,
  TEST_CASES,
  TEST_REGRESSIONS,
  TestCaseInputs,
  TestRegressionInputs,
  TokenInputs,
  TOKENS,
} from './lists.js';
import { INSIDERS } from './permissions.js';
import { labBy, TOKEN_BY_OID, type DocumentRow, type LabRow, type TokenRow } from './reads.js';
import { kernelciOf } from './runtime.js';
import { KERNELCI_CONNECTIONS, KernelciLab, KernelciQuery, KernelciToken } from './types.js';

const NEWEST: readonly OrderInput[] = [{ field: 'CREATED_AT', direction: 'DESC' }];
/** What only Kernel CI has; lists, values and groups are added below and in `values.ts`. */
@Resolver(() => KernelciQuery)
export class KernelciQueryResolver {
  @Query(() => KernelciQuery, { description: 'What only Kernel CI has.' })
  kernelci(): KernelciQuery {
    return {};
  }

  @Access(INSIDERS)
  @FieldResolver(() => KernelciLab, { nullable: true, description: 'One lab; null when there is none.' })
  lab(
    @Ctx() context: OperationContext,
    @Arg('legacyId', () => String, { description: 'Legacy id.' }) legacyId: string,
  ): Promise<LabRow | undefined> {
    return labBy(context.reader, 'oid', legacyId.toLowerCase());
  }

  @Access(INSIDERS)
  @FieldResolver(() => KernelciToken, {
    nullable: true,
    description: 'The token with this value; null when there is none.',
  })
  token(
    @Ctx() context: OperationContext,
    @Arg('value', () => String, { description: 'The token itself.' }) value: string,
  ): Promise<TokenRow | undefined> {
    return kernelciOf(context).tokens.find(context.reader, value);
  }
}

/** What a lab computes. */
@Resolver(() => KernelciLab)
export class KernelciLabResolver {
  @FieldResolver(() => KernelciToken, { nullable: true, description: 'The token that its reports are sent with.' })
  token(@Root() { tokenOid }: LabRow, @Ctx() context: OperationContext): Promise<TokenRow | undefined> | null {
    return tokenOid === null ? null : context.load(TOKEN_BY_OID, tokenOid);
  }
}

/** What a token computes. */
@Resolver(() => KernelciToken)
export class KernelciTokenResolver {
  @FieldResolver(() => String, {
    nullable: true,
    description:
      'The token itself; null when it was stored with another key of the installation, and for callers whose own token is for reading only.',
  })
  token(@Root() { tokenSealed }: TokenRow, @Ctx() context: OperationContext): string | null {
    // With it somebody could write who is to read only.
    if (context.principal.readOnly) return null;
    return kernelciOf(context).tokens.reveal(tokenSealed);
  }
}

interface ListInputs {
  readonly filter: new () => object;
  readonly order: new () => object;
}

/** A list that only this system has. */
interface OwnList {
  readonly list: RecordList;
  readonly inputs: ListInputs;
  readonly description: string;
  /** Whether only some may read it. */
  readonly secret?: true;
}

const LISTS: Readonly<Record<keyof typeof KERNELCI_CONNECTIONS, OwnList>> = {
  testCases: { list: TEST_CASES, inputs: TestCaseInputs, description: 'Test cases.' },
  testRegressions: { list: TEST_REGRESSIONS, inputs: TestRegressionInputs, description: 'Test regressions.' },
  buildLogs: { list: BUILD_LOGS, inputs: BuildLogInputs, description: 'Error and warning lines of builds.' },
  jobLogs: { list: JOB_LOGS, inputs: JobLogInputs, description: 'Error and warning lines of jobs.' },
  statistics: { list: STATISTICS_LIST, inputs: StatisticsInputs, description: 'Daily counters.' },
  labs: { list: LABS, inputs: LabInputs, description: 'Labs.', secret: true },
  tokens: { list: TOKENS, inputs: TokenInputs, description: 'Tokens.', secret: true },
};

function addList(name: keyof typeof LISTS): void {
  const { list, inputs, description, secret } = LISTS[name];
  const target = KernelciQueryResolver.prototype;
  const value = (context: OperationContext, args: PageArgs): Connection<DocumentRow> =>
    listed(context, list, args, NEWEST);
  const descriptor = { value };
  Object.defineProperty(target, name, descriptor);
  Ctx()(target, name, 0);
  const argsType = ownPageArgs(inputs, 'Order; newest first by default.');
  Args(() => argsType)(target, name, 1);
  FieldResolver(() => KERNELCI_CONNECTIONS[name], { description })(target, name, descriptor);
  if (secret) Access(INSIDERS)(target, name, descriptor);
}

for (const name of Object.keys(LISTS) as (keyof typeof LISTS)[]) addList(name);
