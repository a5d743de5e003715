import { FieldResolver, Resolver, Root } from 'type-graphql';
import { JsonObject } from '../../core/graphql/scalars.js';
import type { TypeClass } from '../../core/graphql/types.js';
import { documentOf, shownValue, type KernelciDocument } from './documents.js';
import {
  BOOT,
  BUILD,
  BUILD_LOG,
  JOB,
  JOB_LOG,
  LAB,
  STATISTICS,
  TEST_CASE,
  TEST_GROUP,
  TEST_REGRESSION,
  TOKEN,
  type Collection,
  type DocumentField,
} from './fields.js';
import type { DocumentRow } from './reads.js';
import {
  KernelciBoot,
  KernelciBuild,
  KernelciBuildLog,
  KernelciJob,
  KernelciJobLog,
  KernelciLab,
  KernelciStatistics,
  KernelciTestCase,
  KernelciTestGroup,
  KernelciTestRegression,
  KernelciToken,
} from './types.js';
import { VALUE_SCALARS } from './value-scalars.js';

/** Resolvers of the members of documents, made from the declared fields. */

/** A resolver class for a type that shows the documents of a collection, but for members that the type has already. */
function documentResolver(type: TypeClass, { fields }: Collection, others: readonly string[]): new () => object {
  @Resolver(() => type)
  class DocumentResolver {
    @FieldResolver(() => JsonObject, { description: 'The whole document, as the old API shows it.' })
    document(@Root() row: DocumentRow): KernelciDocument {
      return documentOf(row);
    }
  }
  const left = new Set(['_id', 'created_on', ...others]);
  for (const field of fields) if (!left.has(field.name)) addMember(DocumentResolver, field);
  return DocumentResolver;
}

function addMember(resolver: new () => object, field: DocumentField): void {
  const { graphql, type, description } = field;
  const target = resolver.prototype as object;
  const descriptor = { value: (row: DocumentRow): unknown => shownValue(field, documentOf(row)) };
  Object.defineProperty(target, graphql, descriptor);
  Root()(target, graphql, 0);
  FieldResolver(VALUE_SCALARS[type] as () => typeof String, { nullable: true, description })(
    target,
    graphql,
    descriptor,
  );
}

/** One resolver for each type that shows documents. */
export const DOCUMENT_RESOLVERS = [
  documentResolver(KernelciJob, JOB, []),
  documentResolver(KernelciBuild, BUILD, []),
  documentResolver(KernelciBoot, BOOT, []),
  documentResolver(KernelciTestGroup, TEST_GROUP, ['name']),
  documentResolver(KernelciTestCase, TEST_CASE, []),
  documentResolver(KernelciTestRegression, TEST_REGRESSION, []),
  documentResolver(KernelciBuildLog, BUILD_LOG, []),
  documentResolver(KernelciJobLog, JOB_LOG, []),
  documentResolver(KernelciStatistics, STATISTICS, []),
  documentResolver(KernelciLab, LAB, []),
  documentResolver(KernelciToken, TOKEN, ['token']),
];
