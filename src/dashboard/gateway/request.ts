import type { TypedDocumentString } from '../operations/documents.js';
import { currentToken } from './session.js';

/** The gateway said no, or could not be asked. The message is for people. */
export class Refusal extends Error {
  /** @param code `extensions.code` of the gateway's error; `NETWORK` where no answer came */
  constructor(
    message: string,
    readonly code: string,
  ) {
    super(message);
  }
}

/** An error as GraphQL answers hold it. */
export interface AnsweredError {
  readonly message: string;
  readonly extensions?: Readonly<Record<string, unknown>>;
}

interface Answer<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly AnsweredError[];
}

/**
 * Sends a query or mutation, as the user of this tab unless told another token.
 * @throws Refusal with the first error; an error of a part that may fail leaves the rest of the data and is not thrown
 */
export async function request<Data, Variables>(
  document: TypedDocumentString<Data, Variables>,
  variables: Variables,
  signal?: AbortSignal,
  token: string | null = currentToken(),
): Promise<Data> {
  const answer = await send<Data>(
    {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...(token !== null && { Authorization: `Bearer ${token}` }) },
      body: JSON.stringify({ query: String(document), variables }),
    },
    signal,
  );
  if (!answer.data) throw refusalOf(answer.errors ?? []);
  return answer.data;
}

/** The refusal that an answer's errors tell of. */
export function refusalOf([error]: readonly AnsweredError[]): Refusal {
  return new Refusal(error?.message ?? 'The gateway gave no answer.', String(error?.extensions?.['code'] ?? 'UNKNOWN'));
}

async function send<Data>(init: RequestInit, signal?: AbortSignal): Promise<Answer<Data>> {
  try {
    const response = await fetch('/graphql', { ...init, ...(signal && { signal }) });
    return (await response.json()) as Answer<Data>;
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Refusal('The gateway does not answer.', 'NETWORK');
  }
}
