import { describe, expect, it } from 'vitest';
import { notModified, withEntityTag } from '../../src/server/entity-tag.js';

const HEADERS = {
  'Content-Type': 'application/json',
  'Content-Encoding': 'gzip',
  'Content-Security-Policy': "default-src 'none'",
  'Cache-Control': 'no-cache',
  Vary: 'Accept',
};
const PAGE = { status: 200, headers: HEADERS, body: '{"a":"ü"}' };
const tagOf = (answer: Parameters<typeof withEntityTag>[0]): string | undefined =>
  withEntityTag(answer).headers?.['ETag'];

async function* pieces(): AsyncGenerator<string> {
  yield 'piece';
}

describe('An entity tag', () => {
  it('is strong and the same for the same bytes, as text or not', () => {
    expect(tagOf(PAGE)).toMatch(/^"[\w-]{43}"$/);
    expect(tagOf({ ...PAGE, headers: {}, body: Buffer.from(PAGE.body) })).toBe(tagOf(PAGE));
    expect(tagOf({ ...PAGE, body: '{"a":"u"}' })).not.toBe(tagOf(PAGE));
  });

  it('is of what is found only, and of no answer that is made while it is sent', () => {
    expect(tagOf({ ...PAGE, status: 404 })).toBeUndefined();
    expect(tagOf({ status: 302, headers: { Location: '/' } })).toBeUndefined();
    expect(tagOf({ ...PAGE, body: pieces() })).toBeUndefined();
  });
});

describe('A client that has a tag', () => {
  const tag = tagOf(PAGE)!;
  const ask = (list: string) => notModified({ 'if-none-match': list }, withEntityTag(PAGE));

  it('is told that it has the page, with all headers but those of a body', () => {
    expect(ask(tag)).toEqual({
      status: 304,
      headers: {
        'Content-Security-Policy': "default-src 'none'",
        'Cache-Control': 'no-cache',
        Vary: 'Accept',
        ETag: tag,
      },
    });
  });

  it.each([`"other", ${tag}`, `W/${tag}`, `  ${tag}  ,"x"`, '*'])('may have several, or a weak one: %s', (list) => {
    expect(ask(list)?.status).toBe(304);
  });

  it.each(['"other"', '', tag.slice(1, -1), `${tag.slice(0, -1)}x"`])(
    'gets the page when it is another: %j',
    (list) => {
      expect(ask(list)).toBeUndefined();
    },
  );

  it('gets what has no tag', () => {
    expect(notModified({ 'if-none-match': '*' }, PAGE)).toBeUndefined();
    expect(notModified({}, withEntityTag(PAGE))).toBeUndefined();
  });
});
