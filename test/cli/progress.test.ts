import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { duration, ProgressDisplay, type Output } from '../../src/cli/progress.js';

function display(terminal: boolean) {
  const output: Output = Object.assign(new PassThrough(), { isTTY: terminal, columns: 100 });
  let now = 0;
  const shown = new ProgressDisplay(output, () => now);
  return {
    at: (ms: number, rows: number, done: number, total: number | null): string | null => {
      now = ms;
      shown.update({ rows, done, total });
      return (output as PassThrough).read()?.toString() ?? null;
    },
    end: (): string | null => {
      shown.end();
      return (output as PassThrough).read()?.toString() ?? null;
    },
  };
}

it('a terminal has one line that is drawn again ten times a second at most, and taken away', () => {
  const { at, end } = display(true);
  expect(at(50, 100, 1, 100)).toBeNull();
  expect(at(1_000, 20_000, 25, 100)).toBe(
    '\r\u001B[2K[######                  ] 25 %  20,000 rows, 20,000 rows/s, 3.0 s left',
  );
  expect(at(1_050, 21_000, 26, 100)).toBeNull();
  expect(at(2_000, 20_000, 5, null)).toBe('\r\u001B[2K20,000 rows, 10,000 rows/s');
  expect(end()).toBe('\r\u001B[2K');
});

it('anything else has a line every five seconds', () => {
  const { at, end } = display(false);
  expect(at(4_999, 100, 1, 100)).toBeNull();
  expect(at(5_000, 1_000, 10, 100)).toBe('10 %, 1,000 rows, 200 rows/s, 45 s left\n');
  expect(at(9_000, 2_000, 20, 100)).toBeNull();
  expect(end()).toBeNull();
});

it.each([
  [40, '0.0 s'],
  [9_900, '9.9 s'],
  [9_960, '10 s'],
  [200_000, '3 min 20 s'],
  [7_500_000, '2 h 5 min'],
])('%i ms are %s', (ms, text) => {
  expect(duration(ms)).toBe(text);
});
