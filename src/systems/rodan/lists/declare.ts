import {
  RecordList,
  type ColumnField,
  type FilterField,
  type ListExtension,
  type OrderField,
  type RelationField,
  type ValueType,
} from '../../../core/list/fields.js';
import { System } from '../../../core/model/states.js';

/** Members of Rodan's rows, declared once for what is read, filtered and ordered by. */

/** A member of a row. */
export interface Member {
  readonly type: ValueType;
  readonly nullable: boolean;
  readonly description: string;
  /** Column, where it is not the member's name in snake case. */
  readonly column?: string;
  /** Whether it is only read, and by whom: `text` and `json` by everybody, `hidden` by resolvers that decide it. */
  readonly unlisted?: 'text' | 'json' | 'hidden';
}

/** Members of a row by name. */
export type Members = Readonly<Record<string, Member>>;

/** A member that always has a value. */
export function held(type: ValueType, description: string, column?: string): Member {
  return { type, nullable: false, description, ...(column === undefined ? {} : { column }) };
}

/** A member that may have no value. */
export function maybe(type: ValueType, description: string, column?: string): Member {
  return { ...held(type, description, column), nullable: true };
}

/** A member that may have no value, and that nobody asks for by it. */
export function unlisted(description: string, as: NonNullable<Member['unlisted']> = 'text'): Member {
  return { ...maybe('text', description), unlisted: as };
}

/** Members of every row of a table that has uuids. */
export const UUID: Members = { uuid: held('text', 'UUID, lower case with dashes.') };

/** When a row was made and changed. */
export const TIMES: Members = {
  createdAt: held('time', 'When it was created.'),
  updatedAt: held('time', 'When it was last written to.'),
};

/** Column of a member of a table of Rodan. */
export function columnOf(name: string, { column }: Member): string {
  return column ?? snakeCase(name);
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/**
 * The list of a table that only Rodan has; what can be ordered by is the members and `ID`, the order of creation. What
 * rows refer to is told when all lists are there.
 */
export class OwnList extends RecordList {
  constructor(
    table: string,
    readonly members: Members,
  ) {
    const columns = Object.entries(members).map(([name, member]) => [name, columnOf(name, member)]);
    const listed = columnsOf(members);
    super(null, table, {
      columns: { id: 'id', ...Object.fromEntries(columns) },
      fields: Object.fromEntries(listed),
      orders: { ...ordersOf(listed), ID: CREATION },
    });
  }

  /** Adds filters by other rows. */
  relate(relations: Readonly<Record<string, FilterField>>): void {
    Object.assign(this.fields, relations);
  }
}

const CREATION: OrderField = { column: 'id', type: 'integer', nullable: false, description: 'Order of creation.' };

/** Members that can be asked for by their values. */
function columnsOf(members: Members): [string, ColumnField & OrderField][] {
  return Object.entries(members)
    .filter(([, member]) => !member.unlisted)
    .map(([name, member]) => {
      const { type, nullable, description } = member;
      return [name, { column: columnOf(name, member), type, nullable, description }];
    });
}

/** Orders are called like members, in upper snake case. */
function ordersOf(columns: readonly [string, OrderField][]): Record<string, OrderField> {
  return Object.fromEntries(columns.map(([name, field]) => [snakeCase(name).toUpperCase(), field]));
}

/** Begin of the names of columns that Rodan adds to tables of records. */
const PREFIX = 'rodan_';

/** Members that Rodan adds to a list of records, with their columns. */
export type AddedMembers = Readonly<Record<string, Member & { readonly column: string }>>;

/** Members that Rodan adds to a list of records: their columns have its prefix unless they say another. */
export function added(members: Members): AddedMembers {
  const entries = Object.entries(members).map(([name, member]) => [
    name,
    { ...member, column: member.column ?? `${PREFIX}${snakeCase(name)}` },
  ]);
  return Object.fromEntries(entries) as AddedMembers;
}

/** Property of a row of a shared table that carries a member. */
export function propertyOf(member: string): string {
  return `rodan${member.charAt(0).toUpperCase()}${member.slice(1)}`;
}

/** Columns with its prefix are Rodan's alone. */
function ownColumn([name, field]: [string, ColumnField]): [string, ColumnField] {
  return [name, field.column.startsWith(PREFIX) ? { ...field, own: true } : field];
}

/** What Rodan adds to a list of records. Records of other systems have no value in any of it. */
export function extension(members: AddedMembers, relations: Readonly<Record<string, FilterField>>): ListExtension {
  const listed = columnsOf(members);
  const ordered = listed.map(([name, field]): [string, OrderField] => [
    name,
    field.nullable ? field : { ...field, only: System.RODAN },
  ]);
  return {
    columns: Object.fromEntries(Object.entries(members).map(([name, { column }]) => [propertyOf(name), column])),
    fields: { ...Object.fromEntries(listed.map(ownColumn)), ...relations },
    orders: ordersOf(ordered),
  };
}

/** A filter by the record that a column names by its uuid. */
export function toUuid(column: string, list: RecordList, description: string): RelationField {
  return { column, references: () => list, key: 'uuid', description };
}

/** A filter by records that name this one by its uuid. */
export function fromUuid(key: string, list: RecordList, description: string): RelationField {
  return { column: 'uuid', references: () => list, key, description };
}
