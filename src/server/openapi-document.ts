/** The parts of OpenAPI 3.1 that the documents of dialects are made of (https://spec.openapis.org/oas/v3.1.1.html). */

/** A whole document. */
export interface OpenApiDocument {
  readonly openapi: '3.1.0';
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly servers: readonly { readonly url: string }[];
  readonly tags: readonly { readonly name: string }[];
  /** By template and then by method in lower case. */
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly securitySchemes: Readonly<Record<string, object>>;
    /** What bodies hold, by the name of their operation. */
    readonly schemas?: Readonly<Record<string, JsonSchema>>;
  };
}

/** One method of one URI. */
export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required?: true; readonly content: Content };
  /** By status. */
  readonly responses: Readonly<Record<string, Answer>>;
  readonly security?: readonly Readonly<Record<string, readonly []>>[];
  /** Roles of which the caller needs one. */
  readonly 'x-roles'?: readonly string[];
  /** Names of the stored operations behind it. */
  readonly 'x-graphql-operations': readonly string[];
}

/** A parameter of a path or of a query. */
export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required?: true;
  readonly description: string;
  readonly schema: JsonSchema;
  readonly examples?: Readonly<Record<string, Example>>;
}

/** A JSON schema; the vocabulary is that of draft 2020-12. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A value; one name stands for one exchange throughout an operation. */
export interface Example {
  readonly summary?: string;
  readonly value: unknown;
  /** Of answers: who asked. */
  readonly 'x-caller'?: object;
  /** Of answers that depend on the clock: when they were asked for. */
  readonly 'x-sent-at'?: string;
  /** Of answers: texts that stand for what the server makes by chance. */
  readonly 'x-by-chance'?: readonly string[];
}

/** By media type. */
export type Content = Readonly<
  Record<string, { readonly schema?: JsonSchema; readonly examples?: Readonly<Record<string, Example>> }>
>;

/** What a status means, with the body that comes with it. */
export interface Answer {
  readonly description: string;
  readonly headers?: Readonly<
    Record<string, { readonly schema: JsonSchema; readonly examples: Readonly<Record<string, Example>> }>
  >;
  readonly content?: Content;
  /** Exchanges whose answer has no body. */
  readonly 'x-examples'?: Readonly<Record<string, Omit<Example, 'value'>>>;
}
