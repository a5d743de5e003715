import { GraphQLError, type DocumentNode } from 'graphql';
import type { Gate } from '../execution.js';
import { badRequest, nameOf, type AskedDocument } from './asked-document.js';
import type { DocumentList } from './document-list.js';
import { sha256 } from './manifest.js';
import { PersistedQueries } from './persisted-queries.js';

/** A document that may be executed and its text, or why there is none. */
export type ResolvedDocument =
  | { readonly text: string; readonly document: DocumentNode; readonly errors?: undefined }
  | { readonly document?: undefined; readonly errors: readonly GraphQLError[] };

/**
 * Which document a request wants to run: sent as text, named by the hash of a text that was sent before, or named by what a
 * list of documents calls it. With a list nothing else runs. The same for all transports.
 */
export class Documents {
  readonly #gate: Gate;
  readonly #list: DocumentList | null;
  readonly #persisted = new PersistedQueries();

  /** @param list of the only documents that clients may run; null: any that the gate takes */
  constructor(gate: Gate, list: DocumentList | null) {
    this.#gate = gate;
    this.#list = list;
  }

  /**
   * The document that is asked for, ready to be executed. Without one there are errors, with `extensions.code`:
   * BAD_REQUEST when no document is named, or one that is not the one sent along; PERSISTED_QUERY_NOT_FOUND when the text of
   * a hash is to be sent; PERSISTED_QUERY_NOT_IN_LIST when a list does not have it; else what the gate says.
   */
  resolve(asked: AskedDocument): ResolvedDocument {
    try {
      const name = nameOf(asked);
      const query = asked.query || null;
      if (this.#list) return this.#listed(this.#list, name, query);
      if (name === null) return this.#prepared(query ?? nothingAsked());
      return query === null ? this.#known(name) : this.#sent(name, query);
    } catch (error) {
      if (error instanceof GraphQLError) return { errors: [error] };
      throw error;
    }
  }

  #prepared(text: string): ResolvedDocument {
    const { document, errors } = this.#gate.prepare(text);
    return document ? { text, document } : { errors };
  }

  #known(hash: string): ResolvedDocument {
    return this.#prepared(this.#persisted.get(hash) ?? notFound());
  }

  /** Only what was found right is kept: nobody can fill the room with rubbish. */
  #sent(hash: string, text: string): ResolvedDocument {
    if (sha256(text) !== hash) throw mismatch();
    const resolved = this.#prepared(text);
    if (resolved.document) this.#persisted.keep(hash, text);
    return resolved;
  }

  #listed(list: DocumentList, name: string | null, query: string | null): ResolvedDocument {
    if (name === null && query === null) return nothingAsked();
    if (query === null) return list.named(name!) ?? notListed();
    const listed = list.saying(query) ?? notListed();
    if (name !== null && sha256(query) !== name && list.named(name)?.document !== listed.document) throw mismatch();
    return listed;
  }
}

function nothingAsked(): never {
  throw badRequest('There is no document to run: give it as `query`, or name it as `documentId` or `persistedQuery`.');
}

/** In the words that Apollo's clients know. */
function mismatch(): GraphQLError {
  return badRequest('provided sha does not match query');
}

/** In the words that Apollo's clients know: they send the text then. */
function notFound(): never {
  throw new GraphQLError('PersistedQueryNotFound', { extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } });
}

function notListed(): never {
  throw new GraphQLError('This document is not on the list of documents that this gateway runs.', {
    extensions: { code: 'PERSISTED_QUERY_NOT_IN_LIST' },
  });
}
