import { LRUCache } from 'lru-cache';
import { parse, print, type DocumentNode, type GraphQLError, type GraphQLSchema } from 'graphql';
import type { Config } from '../../config.js';
import { BuildgateError } from '../../core/errors.js';
import { prepare, type Prepared } from '../execution.js';
import { LIMITS } from '../limits.js';
import { ManifestFault, readManifest, sha256, type ManifestEntry } from './manifest.js';

/** A document that clients may run. */
export interface ListedDocument {
  readonly text: string;
  readonly document: DocumentNode;
}

/** Parses, limits and validates a text, as the gate does for clients. */
type CheckDocument = (text: string) => Prepared;

/** Characters of other ways to write listed documents whose meaning is remembered. */
const WRITINGS = 1_024 * 1_024;

/** The only documents that clients may run, by their names and by their texts. */
export class DocumentList {
  readonly #byName = new Map<string, ListedDocument>();
  readonly #byMeaning = new Map<string, ListedDocument>();
  readonly #byText = new LRUCache<string, ListedDocument>({
    maxSize: WRITINGS,
    sizeCalculation: (_document, { length }) => length + 1,
  });

  /**
   * Takes in the documents of an operator, and those of the gateway's own pages.
   * @throws BuildgateError INVALID with a line for each document at fault: where it stands, and what is wrong
   */
  static of(entries: readonly ManifestEntry[], check: CheckDocument): DocumentList {
    const list = new DocumentList();
    const faults = entries.flatMap((entry) => list.#add(entry, check));
    if (faults.length > 0) throw invalid(faults);
    return list;
  }

  /** Documents in the list. */
  get size(): number {
    return this.#byMeaning.size;
  }

  /** The document with an id, or with the hash of a text. */
  named(name: string): ListedDocument | undefined {
    return this.#byName.get(name);
  }

  /** The document that a text says, however it is written: blanks, comments and the order of definitions do not count. */
  saying(text: string): ListedDocument | undefined {
    const known = this.#byText.get(text);
    if (known) return known;
    const meaning = meaningOf(text);
    const listed = meaning === null ? undefined : this.#byMeaning.get(meaning);
    if (listed) this.#byText.set(text, listed);
    return listed;
  }

  /** @returns what is wrong with it */
  #add({ id, text, where }: ManifestEntry, check: CheckDocument): string[] {
    const { document, errors } = check(text);
    if (!document) return errors.map((error) => `${where}: ${placed(error)}`);
    const named = this.#byName.get(id);
    if (named && named.text !== text) return [`${where}: another document has the id "${id}", too.`];
    const meaning = meaningOf(text)!;
    const listed = this.#byMeaning.get(meaning) ?? { text, document };
    this.#byMeaning.set(meaning, listed);
    for (const name of [id, sha256(text)]) this.#byName.set(name, { text, document: listed.document });
    return [];
  }
}

/**
 * Reads the list of an operator; null where there is none. Faults are for the operator, and so suggest names.
 * @param own documents of the gateway itself, which are not the operator's to list
 * @throws BuildgateError INVALID with a line for each fault: the file, the document in it, and what is wrong
 */
export function readDocumentList(
  { documents: path, introspection }: Config['graphql'],
  schema: GraphQLSchema,
  own: readonly ManifestEntry[],
): DocumentList | null {
  if (path === null) return null;
  const check = (text: string): Prepared =>
    prepare(schema, text, { limited: true, details: { introspection, suggestions: true } });
  try {
    return DocumentList.of([...readManifest(path), ...own], check);
  } catch (error) {
    throw error instanceof ManifestFault ? invalid([error.message]) : error;
  }
}

function invalid(faults: readonly string[]): BuildgateError {
  return new BuildgateError('INVALID', faults.map((fault) => `BUILDGATE_DOCUMENTS: ${fault}`).join('\n'));
}

/** The same text for all ways to write a document; null for one that the gate would not parse. */
function meaningOf(text: string): string | null {
  try {
    const { definitions } = parse(text, { maxTokens: LIMITS.tokens, noLocation: true });
    return definitions.map(print).toSorted().join('\n');
  } catch {
    return null;
  }
}

function placed({ message, locations }: GraphQLError): string {
  const [place] = locations ?? [];
  return place ? `line ${place.line}, column ${place.column}: ${message}` : message;
}
