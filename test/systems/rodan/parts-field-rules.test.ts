import { describe, expect, it } from 'vitest';
import { parseExact } from '../../../src/core/json.js';
import {
  checkBoolean,
  checkChoice,
  checkList,
  checkText,
  FieldFaults,
  invalidFields,
} from '../../../src/systems/rodan/field-rules.js';

describe('a text', () => {
  it.each([
    [' a b ', 'a b'],
    [7, '7'],
    [7.5, '7.5'],
    [parseExact('12345678901234567890'), '12345678901234567890'],
    ['😀'.repeat(4), '😀'.repeat(4)],
  ])('is trimmed, a number becomes its decimal text: %j', (value, text) => {
    expect(checkText(value, { maxLength: 20 })).toEqual({ value: text });
  });

  it.each([true, false, {}, [], ['a'], '\uD800'])('of another type is no valid string: %j', (value) => {
    expect(checkText(value, {})).toEqual({ fault: 'Not a valid string.' });
  });

  it('may not be blank or null unless it may', () => {
    expect(checkText(' \n', {})).toEqual({ fault: 'This field may not be blank.' });
    expect(checkText(null, {})).toEqual({ fault: 'This field may not be null.' });
    expect(checkText(' ', { blank: true })).toEqual({ value: '' });
    expect(checkText(null, { nullable: true })).toEqual({ value: null });
  });

  it('has no more characters than it may, counted as people count them, after trimming', () => {
    const fault = { fault: 'Ensure this field has no more than 3 characters.' };
    expect(checkText('abcd', { maxLength: 3 })).toEqual(fault);
    expect(checkText('😀😀😀😀', { maxLength: 3 })).toEqual(fault);
    expect(checkText(' 😀😀😀 ', { maxLength: 3 })).toEqual({ value: '😀😀😀' });
    expect(checkText('x'.repeat(10_000_000), { maxLength: 3 })).toEqual(fault);
  });

  it('has no NUL', () => {
    expect(checkText('a\0b', {})).toEqual({ fault: 'Null characters are not allowed.' });
  });
});

describe('a boolean', () => {
  it.each([true, 'true', 'True', 'TRUE', 't', '1', 1])('is true: %j', (value) => {
    expect(checkBoolean(value)).toEqual({ value: true });
  });

  it.each([false, 'false', 'False', 'FALSE', 'f', '0', 0])('is false: %j', (value) => {
    expect(checkBoolean(value)).toEqual({ value: false });
  });

  it.each([
    ['maybe', 'maybe'],
    ['', ''],
    [2, '2'],
  ])('is neither: %j', (value, shown) => {
    expect(checkBoolean(value)).toEqual({ fault: `"${shown}" is not a valid boolean.` });
  });

  it('may not be null', () => {
    expect(checkBoolean(null)).toEqual({ fault: 'This field may not be null.' });
  });
});

describe('a choice', () => {
  it('is a number or its digits', () => {
    expect(checkChoice(21, [1, 21])).toEqual({ value: 21 });
    expect(checkChoice('21', [1, 21])).toEqual({ value: 21 });
    expect(checkChoice(-1, [-1])).toEqual({ value: -1 });
  });

  it.each([
    [5, '5'],
    ['', ''],
    [false, 'False'],
    [true, 'True'],
    [0, '0'],
    [' 1', ' 1'],
  ])('is none of them: %j', (value, shown) => {
    expect(checkChoice(value, [1, 21])).toEqual({ fault: `"${shown}" is not a valid choice.` });
  });

  it('may not be null', () => {
    expect(checkChoice(null, [1])).toEqual({ fault: 'This field may not be null.' });
  });
});

describe('a list', () => {
  it.each([
    [5, 'int'],
    ['a', 'str'],
    [{}, 'dict'],
    [1.5, 'float'],
    [true, 'bool'],
  ])('is expected where there is none: %j', (value, word) => {
    expect(checkList(value)).toEqual({ fault: `Expected a list of items but got type "${word}".` });
  });
});

describe('faults', () => {
  it('come together, the first of each field', () => {
    const faults = new FieldFaults();
    faults.add('name', 'one');
    faults.add('name', 'two');
    faults.add('assignments', { key: { 1: ['three'] } });
    expect(() => faults.refuse()).toThrow('name: one');
    expect(faults.errors()).toEqual({ name: ['one'], assignments: { key: { 1: ['three'] } } });
  });

  it('stand under any name', () => {
    const { details, message } = invalidFields(Object.fromEntries([['__proto__', ['bad']]]));
    expect(Object.entries(details['errors'] as object)).toEqual([['__proto__', ['bad']]]);
    expect(message).toBe('__proto__: bad');
  });
});
