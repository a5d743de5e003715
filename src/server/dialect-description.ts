/**
 * What a dialect says about itself for those who write clients: OpenAPI documents and reference pages are made of it. Nothing
 * here changes how a request is answered.
 */
export interface DialectDescription {
  /** What the API is, in a sentence or two. */
  readonly text: string;
  /** Ways to say who is calling, by name; a route that looks at credentials takes any of them. */
  readonly credentials: Readonly<Record<string, Credentials>>;
  /** What the parameters in paths mean, by name: one name means the same everywhere. */
  readonly parameters: Readonly<Record<string, string>>;
  /**
   * Names of parameters whose values are spellings of one word of the path, which documents write as the first of them: URIs
   * that differ in the names of parameters alone are the same URI to OpenAPI.
   */
  readonly spellings?: readonly string[];
  /** Media types of answers, unless a route says otherwise: of those that succeed, and of those that refuse. */
  readonly mediaTypes: { readonly answers: readonly string[]; readonly refusals: readonly string[] };
  /** The file with the documented exchanges, as `documentedExchanges` reads it. */
  readonly exchanges: URL;
}

/**
 * A way to say who is calling, in the header `Authorization`: `basic` and `bearer` as in RFC 7617 and RFC 6750, `header` in
 * words of the dialect's own.
 */
export type Credentials =
  | { readonly kind: 'basic' | 'bearer'; readonly text: string }
  | {
      readonly kind: 'header';
      readonly text: string;
      /** The value of the header, with `$TOKEN` where the token stands. */
      readonly value: string;
    };

/** The gateway's own tokens, which most dialects take. */
export const GATEWAY_TOKEN: Credentials = {
  kind: 'bearer',
  text: 'A token of the gateway (`buildgate token create`).',
};

/** What a body holds, where the rule for reading it does not say. */
export interface BodyContent {
  /** Media types that are taken; those of the kind of body unless told. */
  readonly mediaTypes?: readonly string[];
  /** Members of the object, or fields of the form; others are not looked at or refused. */
  readonly fields?: readonly BodyField[];
}

/** A member of a JSON object in a body, or a field of a form. */
export interface BodyField {
  readonly name: string;
  readonly description: string;
  /** Text unless told; `any` is any JSON value. */
  readonly type?: 'text' | 'integer' | 'number' | 'boolean' | 'list' | 'object' | 'any';
  readonly required?: true;
}
