import { describe, expect, it } from 'vitest';
import { ArraySplitter, type Element } from '../../../src/core/import/array-splitter.js';

const ARRAYS = { wanted: ['events', 'builds'], required: ['events'] };

/** Splits a text that comes in chunks of a size. */
function split(text: string | Uint8Array, chunk = 1_000_000, maxElement?: number): Element[] {
  const bytes = Buffer.from(text as string);
  const splitter = new ArraySplitter(ARRAYS, maxElement);
  const elements: Element[] = [];
  for (let at = 0; at < bytes.length; at += chunk) elements.push(...splitter.push(bytes.subarray(at, at + chunk)));
  splitter.end();
  return elements;
}

describe('the elements of the top-level arrays', () => {
  const text = ` { "skip" : {"events": [1, "]}"]}, "n": -1.5e3,"t":true ,
    "builds":[{"a\\"]":"\\\\","b":[[],{}]}, 7,"x,]" ,null ] , "events": [], "last":"é\\u00e9€😀" } \n`;
  const expected = [
    { key: 'builds', index: 0, value: { 'a"]': '\\', b: [[], {}] } },
    { key: 'builds', index: 1, value: 7 },
    { key: 'builds', index: 2, value: 'x,]' },
    { key: 'builds', index: 3, value: null },
  ];

  it('come in order with their positions, whatever is around them', () => {
    expect(split(text)).toEqual(expected);
  });

  it.each([1, 2, 3, 5, 7, 11])('are the same when the text comes in chunks of %i bytes', (size) => {
    expect(split(text, size)).toEqual(expected);
  });

  it('keep numbers that JavaScript does not hold', () => {
    const [element] = split(
      '{"events": [{"n": 12345678901234567890, "e": [1e400, -0.5, 1.5e10], "s": ":12345678901234567890"}]}',
    );
    expect(JSON.stringify(element?.value)).toBe(
      '{"n":12345678901234567890,"e":[1e400,-0.5,15000000000],"s":":12345678901234567890"}',
    );
  });
});

it('a text is refused that has none of the arrays, where none in particular is required', () => {
  const end = (text: string): void => {
    const splitter = new ArraySplitter({ ...ARRAYS, required: [] });
    splitter.push(Buffer.from(text));
    splitter.end();
  };
  expect(() => end('{"other":[]}')).toThrow(
    expect.objectContaining({ code: 'INVALID', message: 'there is none of events, builds.' }),
  );
  expect(() => end('{"builds":[]}')).not.toThrow();
});

describe('a text that is not in the format is refused with the position', () => {
  const deep = `${'['.repeat(600)}${']'.repeat(600)}`;
  it.each([
    ['', 'byte 0: the text ends where a JSON object should be.'],
    ['[]', 'byte 0: expected a JSON object.'],
    ['\uFEFF{}', 'byte 0: expected a JSON object.'],
    ['{', 'byte 1: the text ends where a key or "}" should be.'],
    ['{events', 'byte 1: expected a key or "}".'],
    ['{"events"', 'byte 9: the text ends where ":" should be.'],
    ['{"events" []}', 'byte 10: expected ":".'],
    ['{"events":', 'byte 10: the text ends where a value should be.'],
    ['{"events":[', 'byte 11: the text ends where an element or "]" should be.'],
    ['{"events":[{"id":1', 'byte 18: the text ends inside events[0].'],
    ['{"events":[1', 'byte 12: the text ends inside events[0].'],
    ['{"events":[1,]}', 'byte 13: events[1]: not JSON ('],
    ['{"events":[1 2]}', 'byte 13: expected "," or "]".'],
    ['{"events":[]', 'byte 12: the text ends where "," or "}" should be.'],
    ['{"events":[],}', 'byte 13: expected a key.'],
    ['{"events":[]} {}', 'byte 14: expected the end, but there is more.'],
    ['{"events":{}}', 'byte 10: events: must be an array.'],
    ['{"events":null}', 'byte 10: events: must be an array.'],
    ['{"events":[],"events":[]}', 'byte 13: the key "events" is there twice.'],
    ['{"x":1,"\\u0078":2,"events":[]}', 'byte 7: the key "x" is there twice.'],
    ['{"x":[{]}],"events":[]}', 'byte 6: x[0]: not JSON ('],
    ['{"x":nul,"events":[]}', 'byte 5: x: not JSON ('],
    ['{"events":[{"a":"\n"}]}', 'byte 11: events[0]: not JSON ('],
    ['{"events":[{"id":01}]}', 'byte 11: events[0]: not JSON ('],
    [`{"events":[${deep}]}`, 'byte 11: events[0]: nested deeper than 500 levels.'],
    ['{"builds":[]}', 'events: is required.'],
  ])('%j', (text, message) => {
    expect(() => split(text)).toThrow(message);
    expect(() => split(text, 1)).toThrow(message);
  });

  it('when it is not UTF-8', () => {
    const bytes = Buffer.concat([Buffer.from('{"events":[1,"'), Buffer.from([0xc3, 0x28]), Buffer.from('"]}')]);
    expect(() => split(bytes)).toThrow('byte 13: events[1]: not UTF-8.');
  });

  it('when an element is larger than the limit, without waiting for its end', () => {
    expect(() => split(`{"events":["${'x'.repeat(200)}"]}`, 10, 100)).toThrow(
      'byte 11: events[0]: larger than 100 bytes.',
    );
    expect(() => split(`{"events":["${'x'.repeat(200)}"]}`, 1_000, 100)).toThrow('events[0]: larger than 100 bytes.');
  });

  it('and the excerpt of a broken element is not repeated', () => {
    expect(() => split('{"events":[{"password": hunter2}]}')).not.toThrow('hunter2');
    expect(() => split('{"events":[{"password": hunter2}]}')).toThrow('events[0]: not JSON');
  });
});
