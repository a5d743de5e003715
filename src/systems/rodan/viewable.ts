import type { LoaderDefinition, OperationContext } from '../../core/graphql/context.js';
import type { FilterInput } from '../../core/list/filter.js';
import { sql } from '../../core/store/sql.js';
import { viewerOf } from './viewer.js';

/** What of Rodan's rows whoever is asking may see (contract rodan, section 4). */

/** Projects that the viewer created or is admin or worker of. */
const PROJECTS_OF_USER: LoaderDefinition<number, readonly string[]> = {
  name: 'rodan:projectsOfUser',
  read: ({ reader }, numbers) =>
    Promise.all(
      // There is one viewer.
      numbers.map(async (number) => {
        const rows = await reader.all<{ uuid: string }>(
          sql`SELECT project_uuid AS uuid FROM rodan_project_member WHERE user_number = ${number}
            UNION SELECT uuid FROM rodan_project WHERE creator_number = ${number}`,
        );
        return rows.map(({ uuid }) => uuid);
      }),
    ),
};

/** Members of a list's filter that lead to the project of a row, the last one to its uuid. */
export type ProjectPath = readonly string[];

/** As many values as one condition may have. */
const CHUNK = 10_000;

/** The filter that a row's project is one of those that the viewer may see; null where everything may be seen. */
export async function viewableFilter(context: OperationContext, path: ProjectPath): Promise<FilterInput | null> {
  const viewer = await viewerOf(context);
  if (viewer?.superuser) return null;
  const uuids = viewer?.number == null ? [] : await context.load(PROJECTS_OF_USER, viewer.number);
  const chunks = Array.from({ length: Math.max(1, Math.ceil(uuids.length / CHUNK)) }, (_, index) =>
    uuids.slice(index * CHUNK, (index + 1) * CHUNK),
  );
  const filters = chunks.map((chunk) =>
    path.reduceRight<FilterInput>((inner, member) => ({ [member]: inner }), { in: chunk }),
  );
  return filters.length === 1 ? (filters[0] ?? null) : { or: filters };
}
