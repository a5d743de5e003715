import { describe, expect, it } from 'vitest';
import { parseExact } from '../../../src/core/json.js';
import { parseElement, parseReference } from '../../../src/systems/rodan/references.js';

const UUID = 'b2000000-0000-4000-8000-00000000000a';
const FOUND = { value: { kind: 'workflow', uuid: UUID } };
const NO_MATCH = { fault: 'Invalid hyperlink - No URL match.' };
const OTHER = { fault: 'Invalid hyperlink - Incorrect URL match.' };

describe('a link', () => {
  it.each([
    `/workflow/${UUID}/`,
    `/rodan/workflow/${UUID}/`,
    `/rodan/api/workflow/${UUID}/`,
    `/api/workflow/${UUID}/`,
    `/ci/rodan/workflow/${UUID}/`,
    `http://old.example/workflow/${UUID}/`,
    `https://ci.example:8443/rodan/workflow/${UUID}/?format=json#top`,
    `HTTP://ci.example/ci/rodan/workflow/${UUID}/`,
  ])('is found by its path, whatever scheme, host, port, query and mount: %s', (link) => {
    expect(parseReference(link, 'workflow', '/ci/rodan')).toEqual(FOUND);
  });

  it.each([
    `/workflow/${UUID}`,
    `/workflow/${UUID.toUpperCase()}/`,
    UUID,
    `/workflow//${UUID}/`,
    `/elsewhere/workflow/${UUID}/`,
    `workflow/${UUID}/`,
    `/workflow/${UUID}/\n`,
    `/workflow/${UUID}/extra/`,
    'http://ci.example',
    'ftp://ci.example/',
    '/no-such-thing/',
    ' ',
    '\0',
    '\uD800',
    'x'.repeat(1_000_000),
  ])('that matches no route is refused as such: %j', (link) => {
    expect(parseReference(link, 'workflow', '')).toEqual(NO_MATCH);
  });

  it.each(['/', '/workflows/', '/users/', '/user/7/', '/auth/me/', `/project/${UUID}/`, `/project/${UUID}/admins/`])(
    'that matches another route is refused as such: %s',
    (link) => {
      expect(parseReference(link, 'workflow', '')).toEqual(OTHER);
    },
  );

  it.each([
    [7, 'int'],
    [7.5, 'float'],
    [parseExact('12345678901234567890'), 'int'],
    [parseExact('1e400'), 'float'],
    [true, 'bool'],
    [{}, 'dict'],
    [[], 'list'],
  ])('that is no string is refused with the name of its type: %j', (value, word) => {
    const fault = `Incorrect type. Expected URL string, received ${word}.`;
    expect(parseReference(value, 'workflow', '')).toEqual({ fault });
    expect(parseElement(value, 'workflow', '')).toEqual({ fault });
  });

  it.each([null, ''])('may not be null: %j', (value) => {
    expect(parseReference(value, 'workflow', '')).toEqual({ fault: 'This field may not be null.' });
  });

  it('may be one of several kinds', () => {
    const kinds = ['resource', 'resourcelist'] as const;
    expect(parseElement(`/resourcelist/${UUID}/`, kinds, '')).toEqual({ value: { kind: 'resourcelist', uuid: UUID } });
    expect(parseElement(`/workflow/${UUID}/`, kinds, '')).toEqual(OTHER);
  });
});

describe('an element of a list of links', () => {
  it('that is null has the type NoneType', () => {
    const fault = 'Incorrect type. Expected URL string, received NoneType.';
    expect(parseElement(null, 'resource', '')).toEqual({ fault });
  });
});

describe('a UUID by itself', () => {
  it('is a reference in GraphQL only, in any letter case', () => {
    expect(parseReference(UUID.toUpperCase(), 'workflow', null)).toEqual(FOUND);
    expect(parseReference(UUID, 'workflow', '/rodan')).toEqual(NO_MATCH);
  });
});
