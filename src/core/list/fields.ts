import { System, type Kind } from '../model/states.js';

/** What statements call the table of a list. */
export const ALIAS = 't';

/** What a column holds, which decides the operators of its filter. `enum` columns hold the number of the GraphQL enum value. */
export type ValueType = 'text' | 'integer' | 'float' | 'time' | 'boolean' | 'enum';

/** A column that can be filtered, or a member of a JSON column. */
export interface ColumnField {
  readonly column: string;
  /**
   * Member of the JSON object in the column. What is written there is a value of `type`, null or nothing: text without
   * NUL, a finite number (times in microseconds), a truth value.
   */
  readonly member?: string;
  readonly type: ValueType;
  readonly nullable: boolean;
  readonly description: string;
  /** For `enum`: the GraphQL enum, an object of names to numbers. */
  readonly values?: object;
  /** Whether an index begins with the column, so that its distinct values can be stepped through. */
  readonly indexed?: true;
  /** Table of the column's distinct texts, for searches in them; beside it, on SQLite, the one of their trigrams. */
  readonly search?: string;
  /**
   * Whether the column, which no other system's records have, divides a system's records into a few large parts: beside
   * such a condition distinct values are still stepped through, and rows of other parts passed over.
   */
  readonly partition?: true;
  /**
   * Whether no other system's records have a value here, so that who asks for one need not name the system, and an index
   * on the column answers by itself.
   */
  readonly own?: true;
  /**
   * A column that every record of the system has, and no other: records without a value are looked for among those that
   * have it, where an index on them can be.
   */
  readonly presence?: string;
}

/** A reference to other records, filtered by that record's own filter. */
export interface RelationField {
  readonly column: string;
  readonly references: () => RecordList;
  /** Column of the referenced list that the column here holds, its id unless told; a reference backwards names its own. */
  readonly key?: string;
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
  /** As for `ColumnField`. */
  readonly indexed?: true;
}

/** One member of a filter. */
export type FilterField = ColumnField | RelationField | LookupField;

/** A column that lists can be ordered by, or a member of a JSON column. */
export interface OrderField {
  readonly column: string;
  /** As for `ColumnField`. */
  readonly member?: string;
  readonly type: ValueType;
  readonly nullable: boolean;
  /** Only records of this system have it: who asks for this order asks for them, so that it is never null there. */
  readonly only?: System;
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
  /** Properties that systems added. */
  readonly #added = new Map<string, System>();
  readonly #selected = new Map<System | null, string>();

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

  /**
   * Adds what a system knows. `system` is its name in lower case.
   * @throws Error when a property is taken, or an order would have nulls that it says there are none of
   */
  extend(system: string, extension: ListExtension): void {
    const number = System[system.toUpperCase() as keyof typeof System];
    for (const [property, column] of Object.entries(extension.columns)) {
      if (property in this.columns) throw new Error(`${system} adds ${property} to ${this.table}, which is taken.`);
      this.columns[property] = column;
      this.#added.set(property, number);
    }
    this.#selected.clear();
    this.groups[system] = { system: number, fields: extension.fields };
    for (const [key, order] of Object.entries(extension.orders)) {
      if (!order.nullable && order.only === undefined) {
        throw new Error(
          `${system} orders ${this.table} by ${key}, which other systems' records lack: nullable, or only.`,
        );
      }
      this.orders[`${system.toUpperCase()}_${key}`] = order;
    }
  }

  /**
   * Columns of `ALIAS` under the names of their properties. Where all rows are of one system, without those of the
   * others: they hold nothing there, and reading them costs more than the rest.
   */
  selection(system: System | null): string {
    let text = this.#selected.get(system);
    if (text === undefined) {
      const read = Object.entries(this.columns).filter(([property]) => this.#isOf(property, system));
      text = read.map(([property, column]) => `${ALIAS}.${column} AS "${property}"`).join(', ');
      this.#selected.set(system, text);
    }
    return text;
  }

  /** The system that added a column; null for one that all systems' records have. */
  systemOfColumn(column: string): System | null {
    const properties = Object.keys(this.columns).filter((property) => this.columns[property] === column);
    const systems = properties.map((property) => this.#added.get(property) ?? null);
    return systems.includes(null) ? null : (systems[0] ?? null);
  }

  #isOf(property: string, system: System | null): boolean {
    return system === null || (this.#added.get(property) ?? system) === system;
  }
}
