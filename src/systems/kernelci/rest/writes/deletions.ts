import { BuildgateError } from '../../../../core/errors.js';
import type { DialectRequest, RunOperation, WholeResponse } from '../../../../server/dialect.js';
import { isOid } from '../../documents.js';
import { BOOT } from '../../fields.js';
import { answer, FORBIDDEN } from '../answers.js';
import { conditionsOf } from '../conditions.js';
import { BOOT_DELETION_KEYS } from '../keys.js';
import { filterOf } from '../selection.js';
import { badRequest, Refusal, refusal, type Write } from './refusal.js';

/** A deletion by id. */
interface Deletion {
  readonly operation: string;
  /** Name of the id in the URI. */
  readonly parameter?: string;
  /** What is said of an id that is none. */
  readonly wrongId: (id: string) => string;
  /** What is said when there is no such document. */
  readonly notFound?: string;
}

/** DELETE of one document (contract kernelci section 6.4). */
export function deleting({ operation, parameter = 'id', wrongId, notFound }: Deletion): Write {
  return async (request, run) => {
    const id = request.parameters[parameter] ?? '';
    if (!isOid(id)) throw badRequest(wrongId(id));
    try {
      await run(operation, { legacyId: id });
    } catch (error) {
      if (!(error instanceof BuildgateError) || error.code !== 'NOT_FOUND') throw error;
      throw refusal(404, { reason: notFound ?? `Resource '${id}' not found` });
    }
    return answer(200, { reason: `Resource '${id}' deleted` });
  };
}

/** DELETE without an id, where one is needed. */
export function withoutId(reason: string): Write {
  return () => Promise.reject(badRequest(reason));
}

/** The write, refused to tokens of labs, which delete boots only (section 7). */
export function notOfLabs(write: Write): Write {
  return (request, run) => {
    const { admin, roles } = request.principal;
    if (!admin && roles.has('kernelci/lab')) throw new Refusal(FORBIDDEN);
    return write(request, run);
  };
}

const DELETION_KEYS: ReadonlySet<string> = new Set(BOOT_DELETION_KEYS.map(({ name }) => name));

/** DELETE of all boots that a query names (section 6.4). */
export async function deleteBoots({ query }: DialectRequest, run: RunOperation): Promise<WholeResponse> {
  const pairs = {
    all: (name: string): string[] => (DELETION_KEYS.has(name) ? query.all(name) : []),
    // Dates and ranges do not count here.
    last: () => undefined,
  };
  const conditions = conditionsOf(pairs, BOOT_DELETION_KEYS, 0);
  if (conditions.length === 0) throw badRequest('No valid data provided to execute a DELETE');
  await run('KernelciDeleteBoots', { filter: filterOf(BOOT, conditions) });
  const named = conditions.map(({ name }) => `${name}: ${pairs.all(name).join(', ')}`);
  return answer(200, { reason: `Resources identified with '${named.join(', ')}' deleted` });
}
