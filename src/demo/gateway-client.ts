/** What the gateway says to an operation that it refuses, or that fails. */
interface GatewayError {
  readonly message: string;
  readonly extensions?: { readonly code?: string };
}

/** How long an answer may take before the step is given up, in milliseconds. */
const ANSWER_MS = 30_000;

/** The gateway as the agents of the demo see it: its GraphQL interface over HTTP, with a token. */
export class GatewayClient {
  readonly #url: string;
  readonly #token: string;

  /** @param url of the gateway, without a slash at its end */
  constructor(url: string, token: string) {
    this.#url = url;
    this.#token = token;
  }

  /**
   * The data of an operation.
   * @throws Error with the first error's message and code, or when the gateway does not answer
   */
  async ask<Data>(query: string, variables: object = {}): Promise<Data> {
    const response = await fetch(`${this.#url}/graphql`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${this.#token}` },
      body: JSON.stringify({ query, variables }),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const { data, errors = [] } = (await response.json()) as { data?: Data; errors?: readonly GatewayError[] };
    const [error] = errors;
    if (error) throw new Error(`${error.extensions?.code ?? response.status}: ${error.message}`);
    return data as Data;
  }
}
