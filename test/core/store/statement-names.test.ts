import { describe, expect, it } from 'vitest';
import { StatementNames } from '../../../src/core/store/statement-names.js';

const STALE = Object.assign(new Error('cached plan must not change result type'), {
  code: '0A000',
  routine: 'RevalidateCachedQuery',
});

describe('Names of prepared statements', () => {
  it('are one for each text', () => {
    const names = new StatementNames();
    expect(names.of('SELECT 1')).toBe(names.of('SELECT 1'));
    expect(names.of('SELECT 2')).not.toBe(names.of('SELECT 1'));
  });

  it('end at a bound, because the server keeps what has a name; long texts have none', () => {
    const names = new StatementNames();
    const given = new Set(Array.from({ length: 2_000 }, (_, number) => names.of(`SELECT ${number}`)));
    expect(given.size).toBe(501);
    expect(given.has(undefined)).toBe(true);
    expect(new StatementNames().of(`SELECT ${'1, '.repeat(10_000)} 1`)).toBeUndefined();
  });

  it('are all new after an error that says that a plan is stale, however many connections say so', () => {
    const names = new StatementNames();
    const [old, other] = [names.of('SELECT 1'), names.of('SELECT 2')];
    names.heed(new Error('something else'), old);
    expect(names.of('SELECT 1')).toBe(old);
    names.heed(STALE, old);
    const renewed = names.of('SELECT 1');
    expect(renewed).not.toBe(old);
    names.heed(STALE, other);
    expect(names.of('SELECT 1')).toBe(renewed);
  });
});
