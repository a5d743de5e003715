import { describe, expect, it } from 'vitest';
import {
  globalId,
  MAX_RECORD_NUMBER,
  parseGlobalId,
  recordId,
  recordNumber,
  requireRecordId,
  tagOf,
} from '../../src/core/ids.js';
import { Kind, System } from '../../src/core/model/states.js';

const NUMBERS = [0, 1, 2, 15, 16, 17, 123_456, 2 ** 31, 2 ** 32 + 5, MAX_RECORD_NUMBER];
const SYSTEMS = Object.values(System).filter((value) => typeof value === 'number');

describe('Internal ids', () => {
  it('are exact, and different for every number of every system', () => {
    const ids = NUMBERS.flatMap((number) => SYSTEMS.map((system) => recordId(system, number)));
    expect(ids.every(Number.isSafeInteger)).toBe(true);
    expect(new Set(ids).size).toBe(NUMBERS.length * SYSTEMS.length);
    expect(ids.map(recordNumber)).toEqual(NUMBERS.flatMap((number) => SYSTEMS.map(() => number)));
  });

  it('ascend with the numbers of a system', () => {
    const ids = NUMBERS.map((number) => recordId(System.RODAN, number));
    expect(ids).toEqual(ids.toSorted((left, right) => left - right));
  });
});

describe('Global ids', () => {
  it.each([Kind.EVENT, Kind.BUILD, Kind.JOB])('of kind %d are read back by that kind alone', (kind) => {
    for (const number of NUMBERS) {
      const id = recordId(System.KERNELCI, number);
      const text = globalId(tagOf(kind), id);
      expect(parseGlobalId(text)).toEqual({ tag: tagOf(kind), id });
      expect(requireRecordId(kind, text, 'id')).toBe(id);
      for (const other of [Kind.EVENT, Kind.BUILD, Kind.JOB].filter((one) => one !== kind)) {
        expect(() => requireRecordId(other, text, 'id')).toThrow(expect.objectContaining({ code: 'INVALID' }));
      }
    }
  });

  it.each([
    [Kind.EVENT, 'eventId: not the id of an event.'],
    [Kind.BUILD, 'eventId: not the id of a build.'],
    [Kind.JOB, 'eventId: not the id of a job.'],
  ])('of users and projects name no record of kind %d: %s', (kind, message) => {
    for (const text of [globalId('U', 17), globalId('P', 17)]) {
      expect(() => requireRecordId(kind, text, 'eventId')).toThrow(
        expect.objectContaining({ code: 'INVALID', message }),
      );
    }
  });

  const encoded = (text: string): string => Buffer.from(text).toString('base64url');

  it.each([
    '',
    '1',
    'E17',
    ...['', 'E', '17', 'E0', 'E017', 'E-1', 'E+1', 'E1.5', 'E1e3', 'e17', 'EE17', 'E17 ', ' E17', 'E17\n', 'E１７'].map(
      encoded,
    ),
    encoded('E9007199254740992'),
    encoded('E99999999999999999'),
    `${encoded('E17')}=`,
    ` ${encoded('E17')}`,
    `${encoded('E17')}\n`,
    Buffer.from('E1234').toString('base64'),
    `${encoded('E17').slice(0, -1)}${encoded('E17').at(-1)}A`,
    '\0',
    '😀',
  ])('in any other spelling are none: %j', (text) => {
    expect(parseGlobalId(text)).toBeNull();
    expect(() => requireRecordId(Kind.EVENT, text, 'id')).toThrow(
      expect.objectContaining({ code: 'INVALID', message: 'id: not the id of an event.' }),
    );
  });
});
