import { GraphQLError } from 'graphql';

/** How a request says which document it wants to run, as it came over HTTP or WebSocket. */
export interface AskedDocument {
  /** The text of the document; empty where it is named instead. */
  readonly query?: string | null | undefined;
  /**
   * The identifier of a persisted document: `sha256:` and the hash of its text in lower-case hexadecimal digits, or one of
   * the server's own. From the proposal "Persisted Documents" for GraphQL over HTTP.
   */
  readonly documentId?: unknown;
  /** `persistedQuery` in it names a document as Apollo's clients do: `{ version: 1, sha256Hash: "..." }`. */
  readonly extensions?: Readonly<Record<string, unknown>> | null | undefined;
}

const PREFIX = 'sha256:';
const VERSION = 1;

/**
 * The name of the document that is asked for: the hash of its text, or the identifier that a list gives it. Null when it
 * is not named.
 * @throws GraphQLError BAD_REQUEST when it cannot be understood
 */
export function nameOf({ documentId, extensions }: AskedDocument): string | null {
  const persistedQuery = extensions?.['persistedQuery'] ?? null;
  if (documentId !== undefined && documentId !== null) {
    if (persistedQuery !== null) throw badRequest('documentId: there is a persistedQuery, too.');
    if (typeof documentId !== 'string' || documentId === '') throw badRequest('documentId: must be a text.');
    return documentId.startsWith(PREFIX) ? documentId.slice(PREFIX.length) : documentId;
  }
  if (persistedQuery === null) return null;
  const { version, sha256Hash } = persistedQuery as { readonly version?: unknown; readonly sha256Hash?: unknown };
  if (version !== VERSION) throw badRequest('Unsupported persisted query version');
  if (typeof sha256Hash !== 'string' || sha256Hash === '')
    throw badRequest('extensions.persistedQuery.sha256Hash: must be a text.');
  return sha256Hash;
}

/** What is wrong with how a document is asked for. */
export function badRequest(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_REQUEST' } });
}
