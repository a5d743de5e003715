import type { LoaderDefinition, OperationContext } from '../../core/graphql/context.js';
import type { RecordList, RelationField } from '../../core/list/fields.js';
import type { ComputedField, ComputedFields } from './computed.js';
import { RODAN_USERS } from './lists.js';
import { columnOf, type OwnList } from './lists/declare.js';
import { pairedRows, rowBy, rowsOf, USER_BY_NUMBER, type Pairs } from './reads.js';

/** Fields of rows that show other rows, each with one statement for all rows that are asked. */

type Type = () => object;

/** The row that a column names; null for none, and when it is not there any more. */
function loaderTo(list: RecordList, key: string): LoaderDefinition<string | number, object | undefined> {
  const loader = list === RODAN_USERS ? USER_BY_NUMBER : rowBy<object, string | number>(list, key);
  return loader as LoaderDefinition<string | number, object | undefined>;
}

/**
 * A field with the row that a property of a row names.
 * @param nullable whether there may be none
 */
export function referred(
  type: Type,
  { property, list, key, nullable }: { property: string; list: () => RecordList; key: string; nullable: boolean },
  description: string,
): ComputedField {
  const value = (row: Readonly<Record<string, string | number | null>>, context: OperationContext): unknown => {
    const held = row[property];
    return held === null || held === undefined ? null : context.load(loaderTo(list(), key), held);
  };
  return { type, nullable, description, value };
}

/**
 * Fields with the rows that a row names, as the relations of its list say.
 * @param types name of the relation -> type of the field
 */
export function references(list: OwnList, types: Readonly<Record<string, Type>>): ComputedFields {
  const entries = Object.entries(types).map(([name, type]) => {
    const { column, references: to, key = 'id', description } = list.fields[name] as RelationField;
    const [property, member] =
      Object.entries(list.members).find(([own, declared]) => columnOf(own, declared) === column) ?? [];
    if (!property || !member) throw new Error(`${list.table} has no member for ${column}.`);
    return [name, referred(type, { property, list: to, key, nullable: member.nullable }, description)] as const;
  });
  return Object.fromEntries(entries);
}

/**
 * A field with all rows that name a row, in the order of creation.
 * @param column what they name it by
 * @param property what they name: property of the row, uuid unless told
 */
export function collection(
  type: Type,
  [list, column]: readonly [RecordList, string],
  description: string,
  property = 'uuid',
): ComputedField {
  const loader = rowsOf<object, string | number>(list, column);
  const value = (row: Readonly<Record<string, string | number>>, context: OperationContext): unknown =>
    context.load(loader, row[property] ?? '');
  return { type: () => [type()], nullable: false, description, value };
}

/** A field with all rows that a row has by a table of pairs. */
export function paired(type: Type, list: RecordList, pairs: Pairs, description: string): ComputedField {
  const loader = pairedRows(list, pairs);
  const value = ({ uuid }: { readonly uuid: string }, context: OperationContext): unknown => context.load(loader, uuid);
  return { type: () => [type()], nullable: false, description, value };
}
