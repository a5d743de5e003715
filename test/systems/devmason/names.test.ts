import { expect, it } from 'vitest';
import { BUILD_ID, SLUG, USERNAME } from '../../../src/systems/devmason/names.js';

it.each(['a', 'lamp-shop', 'django_contrib', 'Straße-東京', '5', '-', 'builds', 'tags', 'users2', '𝒳'.repeat(200)])(
  '%j is a slug',
  (text) => expect(text).toMatch(SLUG),
);

it.each(['', 'users', 'xmlrpc', 'a.b', 'a b', 'a/b', 'a\n', 'a:b', 'a\0', 'a\uD800', 'x'.repeat(201)])(
  '%j is no slug',
  (text) => expect(text).not.toMatch(SLUG),
);

it.each(['42', '0', 'nightly_2009-10-20', 'Latest', 'latest-', 'x'.repeat(64)])('%j is a build id', (text) =>
  expect(text).toMatch(BUILD_ID),
);

it.each(['', 'latest', 'ä', '1.0', 'a b', 'a\n', 'x'.repeat(65)])('%j is no build id', (text) =>
  expect(text).not.toMatch(BUILD_ID),
);

it.each(['genie', 'builds', 'latest', ' ', 'Ali Baba', 'kim@example.org', '%', '𝒳'.repeat(150)])(
  '%j is a user name',
  (text) => expect(text).toMatch(USERNAME),
);

it.each(['', 'a:b', 'a/b', 'a\n', '\0', '\u007F', '\u0085', 'a\uD800', 'x'.repeat(151)])('%j is no user name', (text) =>
  expect(text).not.toMatch(USERNAME),
);
