/** One environment variable. */
export interface Setting<Value, Fallback> {
  /** What it decides, for the operator; Markdown. */
  readonly description: string;
  /** What it may be, for the operator and for error messages. */
  readonly allowed: string;
  /** The text that counts when the variable is unset or empty; null: the setting is then null. */
  readonly fallback: Fallback;
  /** The default in words, where `fallback` does not tell it. */
  readonly fallbackNote?: string;
  /** Whether the value may hold a credential: it is then never repeated. */
  readonly secret?: boolean;
  /** @throws Refusal of `config-values.ts` with the reason */
  readonly parse: (text: string) => Value;
}

/** Keeps the types of the value and of the fallback in a table. */
export function setting<Value, const Fallback extends string | null>(declaration: Setting<Value, Fallback>) {
  return declaration;
}

/** Words that may be given, as Markdown. */
export function list(words: readonly string[]): string {
  return words.map((word) => `\`${word}\``).join(', ');
}
