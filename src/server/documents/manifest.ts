import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  concatAST,
  GraphQLError,
  Kind,
  parse,
  print,
  separateOperations,
  type DefinitionNode,
  type DocumentNode,
} from 'graphql';

/** One document of a list. */
export interface ManifestEntry {
  /** What clients may name it by; the hash of its text is another name of each. */
  readonly id: string;
  readonly text: string;
  /** The file, and which one of it, for messages. */
  readonly where: string;
}

const APOLLO = 'apollo-persisted-query-manifest';
const APOLLO_VERSION = 1;
const GRAPHQL = '.graphql';

/** A list of documents cannot be read; the message names the file and the place in it. */
export class ManifestFault extends Error {}

/** The SHA-256 of a text in lower-case hexadecimal digits. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/**
 * Reads a list of documents: the manifest that Apollo's `generate-persisted-query-manifest` writes, an object of texts by
 * their ids as Relay's compiler and the client preset of GraphQL Code Generator write it, or a folder of `.graphql` files.
 * @throws ManifestFault when it is none of these
 */
export function readManifest(path: string): readonly ManifestEntry[] {
  if (attempted(path, () => statSync(path)).isDirectory()) return ofFolder(path);
  const content = attempted(path, () => JSON.parse(readFileSync(path, 'utf8')) as unknown);
  if (!isObject(content)) throw new ManifestFault(`${path}: must be a JSON object.`);
  return content['format'] === APOLLO ? ofApollo(path, content) : ofTexts(path, content);
}

function ofApollo(file: string, { version, operations }: Readonly<Record<string, unknown>>): ManifestEntry[] {
  if (version !== APOLLO_VERSION) throw new ManifestFault(`${file}: version: only ${APOLLO_VERSION} is known.`);
  if (!Array.isArray(operations)) throw new ManifestFault(`${file}: operations: must be an array.`);
  return operations.map((operation: unknown, index) => {
    const { id, name, body } = isObject(operation) ? operation : {};
    const where = `${file}: operations[${index}]`;
    if (typeof id !== 'string' || id === '') throw new ManifestFault(`${where}.id: must be a text.`);
    if (typeof body !== 'string') throw new ManifestFault(`${where}.body: must be a text.`);
    return { id, text: body, where: `${where} ${typeof name === 'string' ? name : id}` };
  });
}

function ofTexts(file: string, texts: Readonly<Record<string, unknown>>): ManifestEntry[] {
  return Object.entries(texts).map(([id, text]) => {
    const where = `${file}: ${JSON.stringify(id)}`;
    if (typeof text !== 'string') throw new ManifestFault(`${where}: must be the text of a document.`);
    return { id, text, where };
  });
}

/** Each operation is a document, with the fragments that it uses, in whichever file these are. */
function ofFolder(folder: string): ManifestEntry[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith(GRAPHQL));
  const paths = files.toSorted().map((name) => join(folder, name));
  const documents = paths.map((path) => [path, attempted(path, () => parse(readFileSync(path, 'utf8')))] as const);
  const places = new Map<string, string>();
  for (const [path, document] of documents) {
    for (const name of namesOf(path, document)) {
      const other = places.get(name);
      if (other !== undefined) throw new ManifestFault(`${path}: operation ${name}: is in ${other}, too.`);
      places.set(name, path);
    }
  }
  const separated = separateOperations(concatAST(documents.map(([, document]) => document)));
  return Object.entries(separated).map(([name, document]) => ({
    id: name,
    text: print(operationFirst(document)),
    where: `${places.get(name)}: operation ${name}`,
  }));
}

/** As clients write it, so that the hash of the text is the one that they compute. */
function operationFirst({ definitions, ...document }: DocumentNode): DocumentNode {
  const isOperation = ({ kind }: DefinitionNode): boolean => kind === Kind.OPERATION_DEFINITION;
  return { ...document, definitions: definitions.toSorted((a, b) => Number(isOperation(b)) - Number(isOperation(a))) };
}

function namesOf(path: string, { definitions }: DocumentNode): string[] {
  return definitions.flatMap((definition) => {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) return [];
    if (definition.kind !== Kind.OPERATION_DEFINITION)
      throw new ManifestFault(`${path}: only operations and fragments belong here.`);
    if (definition.name) return definition.name.value;
    throw new ManifestFault(`${path}: an operation has no name, which it is known by.`);
  });
}

/** What cannot be read or parsed is a fault of that file. */
function attempted<Value>(path: string, action: () => Value): Value {
  try {
    return action();
  } catch (error) {
    throw new ManifestFault(`${path}: ${reasonOf(error)}`);
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof SyntaxError) return `no JSON: ${error.message}`;
  if (!(error instanceof GraphQLError)) return (error as Error).message;
  const [{ line, column } = { line: 1, column: 1 }] = error.locations ?? [];
  return `line ${line}, column ${column}: ${error.message}`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
