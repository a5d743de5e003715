import type { Form } from './form.js';
import type { RawQuery } from './raw-query.js';

/**
 * The method that a POST says it means: the value of the first of the fields that the form has, else of the first that
 * the query has (the last of repeated ones), in upper case. POST when there is none.
 * @param fields in order of precedence
 */
export function overriddenMethod(fields: readonly string[], form: Form, query: RawQuery): string {
  const value = [...fields.map((name) => form.get(name)), ...fields.map((name) => query.last(name))].find(
    (candidate) => candidate !== undefined && candidate !== '',
  );
  return value?.toUpperCase() ?? 'POST';
}
