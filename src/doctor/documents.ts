import { gatewaySchema } from '../app.js';
import type { Config } from '../config.js';
import { BuildgateError } from '../core/errors.js';
import { readDocumentList } from '../server/documents/document-list.js';
import { Checks, type CheckResult } from './check.js';

/** Looks at the list of documents that clients may run, where there is one. */
export async function checkDocuments({ graphql }: Pick<Config, 'graphql'>): Promise<CheckResult[]> {
  if (graphql.documents === null) return [];
  const checks = new Checks('documents');
  const schema = await gatewaySchema();
  try {
    const size = readDocumentList(graphql, schema, [])?.size ?? 0;
    if (size > 0) checks.ok(`clients may run ${size === 1 ? '1 document' : `${size} documents`}`);
    else
      checks.warning(
        `${graphql.documents} lists nothing`,
        'only the dashboard and agents can use GraphQL: list what clients run',
      );
  } catch (error) {
    if (!(error instanceof BuildgateError)) throw error;
    for (const fault of error.message.split('\n'))
      checks.failed(fault, 'the gateway does not start: mend it or take it off the list');
  }
  return checks.results;
}
