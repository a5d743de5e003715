import { System, type Kind } from '../model/states.js';

/** What a column holds, which decides the operators of its filter. `enum` columns hold the number of the GraphQL enum value. */
export type ValueType = 'text' | 'integer' | 'time' | 'boolean' | 'enum';

/** A column that can be filtered. */
export interface ColumnField {
  readonly column: string;
  readonly type: ValueType;
  readonly nullable: boolean;
  readonly description: string;
  /** For `enum`: the GraphQL enum, an object of names to numbers. */
  readonly values?: object;
}

/** A reference to other records, filtered by that record's own filter. */
export interface RelationField {
  readonly column: string;
  readonly references: () => RecordList;
  /** A table of pairs in between, where a record has several: the column here is then its `from`. */
  readonly through?: { readonly table: string; readonly from: string; readonly to: string };
  /**
   * Name of a member that selects few records by itself: beside it the referenced record is looked up for each of them,
   * instead of finding all referenced records first.
   */
  readonly lookUpBeside?: string;
  readonly description: string;
}

/** A name that stands for text kept in another table: `project` filters by the project's legacy id. */
export interface LookupField {
  readonly column: string;
  readonly table: string;
  readonly lookupColumn: string;
  readonly nullable: boolean;
  readonly description: string;
}

/** One member of a filter. */
export type FilterField = ColumnField | RelationField | LookupField;

/** A column that lists can be ordered by. */
export interface OrderField {
  readonly column: string;
  readonly type: ValueType;
  readonly nullable: boolean;
  readonly description: string;
}

/** What a system adds to a list: columns that are read, filters under its own name, order keys with its own prefix. */
export interface ListExtension {
  /** Property of the row -> column. */
  readonly columns: Readonly<Record<string, string>>;
  readonly fields: Readonly<Record<string, FilterField>>;
  /** Order key without the prefix, upper case -> column. */
  readonly orders: Readonly<Record<string, OrderField>>;
}

/** What a system's namespace in a filter understands; using it asks for records of that system. */
export interface FilterGroup {
  readonly system: System;
  readonly fields: Readonly<Record<string, FilterField>>;
}

/** A table of records as the list engine sees it: what is read, filtered and ordered. Systems extend it when they load. */
export class RecordList {
  readonly columns: Record<string, string>;
  readonly fields: Record<string, FilterField>;
  readonly orders: Record<string, OrderField>;
  /** Filters that systems added, by system name in lower case. */
  readonly groups: Record<string, FilterGroup> = {};

  constructor(
    /** Null for a table that is not counted by state, such as projects. */
    readonly kind: Kind | null,
    readonly table: string,
    declaration: ListExtension,
  ) {
    this.columns = { ...declaration.columns };
    this.fields = { ...declaration.fields };
    this.orders = { ...declaration.orders };
  }

  /** Adds what a system knows. `system` is its name in lower case. */
  extend(system: string, extension: ListExtension): void {
    for (const [property, column] of Object.entries(extension.columns)) {
      if (property in this.columns) throw new Error(`${system} adds ${property} to ${this.table}, which is taken.`);
      this.columns[property] = column;
    }
    this.groups[system] = { system: System[system.toUpperCase() as keyof typeof System], fields: extension.fields };
    for (const [key, order] of Object.entries(extension.orders)) this.orders[`${system.toUpperCase()}_${key}`] = order;
  }
}
