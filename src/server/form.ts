import { mediaTypeOf } from './media-type.js';
import { RawQuery } from './raw-query.js';

type Pair = readonly [name: string, value: string];

/**
 * The fields of a form body. Names are literal (`priority[]` is not `priority`), and the last value of a repeated name
 * counts.
 */
export class Form {
  readonly #fields: ReadonlyMap<string, string>;

  constructor(pairs: Iterable<Pair>) {
    this.#fields = new Map(pairs);
  }

  /** The last value of a field, undefined when the form does not have it. */
  get(name: string): string | undefined {
    return this.#fields.get(name);
  }
}

/**
 * Reads a body as a form: urlencoded, also when no type is given, or multipart. A body of any other type, and a
 * multipart one that cannot be taken apart, is the empty form. Broken percent escapes stay as they are. Never rejects.
 */
export async function parseForm(bytes: Uint8Array, contentType: string | undefined): Promise<Form> {
  const type = mediaTypeOf(contentType);
  if (type === '' || type === 'application/x-www-form-urlencoded') {
    return new Form(new RawQuery(Buffer.from(bytes).toString('latin1')).pairs);
  }
  return new Form(type === 'multipart/form-data' ? await multipartPairs(bytes, contentType!) : []);
}

async function multipartPairs(bytes: Uint8Array, contentType: string): Promise<Pair[]> {
  try {
    const body = new Response(Buffer.from(bytes), { headers: { 'Content-Type': contentType } });
    const parts = [...(await body.formData()).entries()];
    return await Promise.all(
      parts.map(async ([name, value]) => [name, typeof value === 'string' ? value : await value.text()] as const),
    );
  } catch {
    return [];
  }
}
