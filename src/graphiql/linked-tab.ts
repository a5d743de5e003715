import type { DefaultTab } from './default-tabs.js';

/**
 * The tab that an address asks for with `?operation=SYSTEM/NAME&variables=JSON`, as REST answers link to it; undefined
 * where it asks for none. An operation that the gateway does not know opens as a comment that says so.
 * @param read reads a text of the gateway; undefined when there is none
 */
export async function linkedTab(
  address: URL,
  read: (path: string) => Promise<string | undefined>,
): Promise<DefaultTab | undefined> {
  const operation = address.searchParams.get('operation');
  if (operation === null) return undefined;
  const path = operation.split('/').map(encodeURIComponent).join('/');
  const query = await read(`/graphiql/operations/${path}.graphql`);
  if (query === undefined)
    return { query: `# The gateway has no stored operation ${JSON.stringify(operation)} to run.\n` };
  const variables = address.searchParams.get('variables');
  return variables === null ? { query } : { query, variables: readable(variables) };
}

/** JSON on lines of its own; what is none stays as it is, and the editor says what is wrong with it. */
function readable(variables: string): string {
  try {
    return `${JSON.stringify(JSON.parse(variables), null, 2)}\n`;
  } catch {
    return variables;
  }
}
