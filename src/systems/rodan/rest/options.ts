import type { WholeResponse } from '../../../server/dialect.js';
import { ok } from './answers.js';
import { PARSES } from './body.js';
import type { Exchange } from './exchange.js';
import { TYPE_NAMES, type Field } from './fields.js';
import type { View } from './resource.js';

/**
 * The answer to OPTIONS: what there is to filter, to order by and to write (contract rodan, section 6).
 * @throws BuildgateError NOT_FOUND where there is no object that the caller may view
 * @param action the method that takes the fields of the view, if there is one
 */
export async function describeView(
  view: View,
  action: 'POST' | 'PUT' | undefined,
  exchange: Exchange,
): Promise<WholeResponse> {
  const { name, description, collection, fields } = view;
  const told = (await mayWrite(view, exchange)) && action !== undefined && fields !== undefined;
  const filters = Object.entries(collection?.filters ?? {});
  return ok({
    name,
    description,
    renders: ['application/json'],
    parses: PARSES,
    ...(told && { actions: { [action]: Object.fromEntries(fields.map((field) => [field.name, infoOf(field)])) } }),
    filter_fields: Object.fromEntries(filters.map(([field, { lookups }]) => [field, lookups])),
    ordering_fields: Object.keys(collection?.orders ?? {}),
  });
}

async function mayWrite({ mayWrite: asked }: View, exchange: Exchange): Promise<boolean> {
  return asked === undefined || (await asked(exchange));
}

/** What a field is, in the words of the old API. */
function infoOf({ name, kind, required, readOnly, maxLength, choices }: Field): object {
  return {
    type: TYPE_NAMES[kind],
    required: required === true,
    read_only: readOnly === true,
    label: labelOf(name),
    ...(maxLength !== undefined && { max_length: maxLength }),
    ...(choices && {
      choices: Object.entries(choices).map(([code, title]) => ({ value: Number(code), display_name: title })),
    }),
  };
}

/** `last_redone_runjob_tree` is `Last redone runjob tree`. */
function labelOf(name: string): string {
  const words = name.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
