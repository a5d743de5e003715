import { Field, Float, InputType, registerEnumType } from 'type-graphql';
import { BUILDS, EVENTS, JOBS, PROJECTS } from '../list/records.js';
import type { FilterField, ListExtension, OrderField, RecordList } from '../list/fields.js';
import { Kind, State, System } from '../model/states.js';
import { NullsOrder, OrderDirection } from './enums.js';
import { DateTime, SafeInt } from './scalars.js';

/**
 * Input types made from the declarations of the list engine, so that what can be written and what is understood are
 * the same thing.
 */

type InputClass = new () => object;

function inputType(name: string, description: string): InputClass {
  const type = class {};
  Object.defineProperty(type, 'name', { value: name });
  InputType(name, { description })(type);
  return type;
}

function member(type: InputClass, name: string, valueType: () => unknown, description: string): void {
  Field(valueType as () => InputClass, { nullable: true, description })(type.prototype as object, name);
}

const EQUALITY = { eq: 'Equal to this.', ne: 'Different from this; null is different from every value.' };
const MEMBERSHIP = {
  in: 'One of these; the empty list matches nothing.',
  notIn: 'None of these; null is none of them.',
};
const COMPARISON = { lt: 'Less than this.', lte: 'This or less.', gt: 'Greater than this.', gte: 'This or greater.' };

function operatorType(name: string, value: unknown, description: string, withComparison: boolean): InputClass {
  const type = inputType(name, description);
  for (const [operator, text] of Object.entries(EQUALITY)) member(type, operator, () => value, text);
  for (const [operator, text] of Object.entries(MEMBERSHIP)) member(type, operator, () => [value], text);
  if (withComparison)
    for (const [operator, text] of Object.entries(COMPARISON)) member(type, operator, () => value, text);
  member(type, 'isNull', () => Boolean, 'Whether there is no value.');
  return type;
}

/** Operators on text. */
export const StringFilter = operatorType('StringFilter', String, 'Conditions on text; all of them must hold.', true);
member(StringFilter, 'contains', () => String, 'Contains this, letter case included.');
member(StringFilter, 'icontains', () => String, 'Contains this in any letter case.');
member(StringFilter, 'startsWith', () => String, 'Begins with this, letter case included.');
member(StringFilter, 'endsWith', () => String, 'Ends with this, letter case included.');

/** Operators on integers. */
export const IntFilter = operatorType('IntFilter', SafeInt, 'Conditions on an integer; all of them must hold.', true);

/** Operators on numbers. */
const FloatFilter = operatorType('FloatFilter', Float, 'Conditions on a number; all of them must hold.', true);

/** Operators on times. */
export const DateTimeFilter = operatorType(
  'DateTimeFilter',
  DateTime,
  'Conditions on a time; all of them must hold.',
  true,
);

/** Operators on truth values. */
export const BooleanFilter = inputType('BooleanFilter', 'Conditions on a truth value; all of them must hold.');
for (const [operator, text] of Object.entries(EQUALITY)) member(BooleanFilter, operator, () => Boolean, text);
member(BooleanFilter, 'isNull', () => Boolean, 'Whether there is no value.');

const enumFilters = new Map<object, InputClass>();

/** The filter type of an enum; the enum must be registered under `name`. */
export function enumFilter(values: object, name: string): InputClass {
  let type = enumFilters.get(values);
  if (!type) {
    type = operatorType(`${name}Filter`, values, `Conditions on ${name}; all of them must hold.`, false);
    enumFilters.set(values, type);
  }
  return type;
}

/** Conditions on a system. */
export const SystemFilter = enumFilter(System, 'System');
/** Conditions on a kind of record. */
export const KindFilter = enumFilter(Kind, 'Kind');
/** Conditions on a state. */
export const StateFilter = enumFilter(State, 'State');

const recordFilters = new Map<RecordList, InputClass>();

function filterTypeOf(field: FilterField): () => unknown {
  if ('references' in field) return () => recordFilters.get(field.references());
  if ('lookupColumn' in field) return () => StringFilter;
  if (field.type === 'enum') return () => enumFilters.get(field.values ?? {});
  const types = {
    text: StringFilter,
    integer: IntFilter,
    float: FloatFilter,
    time: DateTimeFilter,
    boolean: BooleanFilter,
  };
  const type = types[field.type];
  return () => type;
}

function addFields(type: InputClass, fields: Readonly<Record<string, FilterField>>): void {
  for (const [name, field] of Object.entries(fields)) member(type, name, filterTypeOf(field), field.description);
}

function recordFilter(list: RecordList, name: string): InputClass {
  const type = inputType(name, 'Conditions on a record; all of them must hold.');
  recordFilters.set(list, type);
  addFields(type, list.fields);
  member(type, 'and', () => [type], 'All of these must hold.');
  member(type, 'or', () => [type], 'At least one of these must hold.');
  member(type, 'not', () => type, 'This must not hold.');
  return type;
}

/** Conditions on events. */
export const EventFilter = recordFilter(EVENTS, 'EventFilter');
/** Conditions on builds. */
export const BuildFilter = recordFilter(BUILDS, 'BuildFilter');
/** Conditions on jobs. */
export const JobFilter = recordFilter(JOBS, 'JobFilter');

/** Conditions on projects. */
export const ProjectFilter = recordFilter(PROJECTS, 'ProjectFilter');

interface OrderType {
  readonly input: InputClass;
  readonly keys: Record<string, string>;
  readonly descriptions: Record<string, { description: string }>;
}
const orderTypes = new Map<RecordList, OrderType>();

function addOrders(type: OrderType, prefix: string, orders: Readonly<Record<string, OrderField>>): void {
  for (const [key, order] of Object.entries(orders)) {
    type.keys[`${prefix}${key}`] = `${prefix}${key}`;
    type.descriptions[`${prefix}${key}`] = { description: order.description };
  }
}

function orderType(list: RecordList, name: string): InputClass {
  const type: OrderType = { input: inputType(`${name}Order`, 'One key of an order.'), keys: {}, descriptions: {} };
  addOrders(type, '', list.orders);
  registerEnumType(type.keys, {
    name: `${name}OrderField`,
    description: 'What a list can be ordered by. Text is ordered by code point.',
    valuesConfig: type.descriptions,
  });
  Field(() => type.keys, { description: 'What to order by.' })(type.input.prototype as object, 'field');
  Field(() => OrderDirection, { defaultValue: OrderDirection.ASC, description: 'Which end comes first.' })(
    type.input.prototype as object,
    'direction',
  );
  Field(() => NullsOrder, {
    nullable: true,
    description: 'Where what has no value stands; by default it counts as the largest value.',
  })(type.input.prototype as object, 'nulls');
  orderTypes.set(list, type);
  return type.input;
}

/** One key of an order of events. */
export const EventOrder = orderType(EVENTS, 'Event');
/** One key of an order of builds. */
export const BuildOrder = orderType(BUILDS, 'Build');
/** One key of an order of jobs. */
export const JobOrder = orderType(JOBS, 'Job');

/** One key of an order of projects. */
export const ProjectOrder = orderType(PROJECTS, 'Project');

/** The filter and order types of a list that only one system has. Called once, when its schema module loads. */
export function defineList(
  list: RecordList,
  name: string,
): { readonly filter: InputClass; readonly order: InputClass } {
  return { filter: recordFilter(list, `${name}Filter`), order: orderType(list, name) };
}

/**
 * Adds what a system knows to a list and to its filter and order types. Called once, when the system's schema module
 * loads, before the schema is built.
 * @param system name of the system as types are prefixed with it, such as `Freshmaker`
 * @param noun what the system's namespace in the filter is about: `Event`, `Build` or `Job`
 */
export function extendList(list: RecordList, system: string, noun: string, extension: ListExtension): void {
  const name = system.toLowerCase();
  list.extend(name, extension);
  const group = inputType(
    `${system}${noun}Filter`,
    `Conditions on what only ${system} records; all of them must hold.`,
  );
  addFields(group, extension.fields);
  const filter = recordFilters.get(list);
  if (filter) member(filter, name, () => group, `Conditions on what only ${system} records.`);
  const order = orderTypes.get(list);
  if (order) addOrders(order, `${system.toUpperCase()}_`, extension.orders);
}
