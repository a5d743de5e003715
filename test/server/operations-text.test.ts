import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { operationsText } from '../../src/server/operations-text.js';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'operations-'));
  writeFileSync(join(folder, 'b.graphql'), 'query B { b }');
  writeFileSync(join(folder, 'a.graphql'), 'query A { a }');
  writeFileSync(join(folder, 'notes.txt'), 'nothing of this');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('Stored operations stand in a file, or in the files of a folder', () => {
  expect(operationsText(pathToFileURL(join(folder, 'a.graphql')))).toBe('query A { a }');
  expect(operationsText(pathToFileURL(`${folder}/`))).toBe('query A { a }\nquery B { b }');
});
