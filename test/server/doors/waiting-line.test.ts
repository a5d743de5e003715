import { describe, expect, it } from 'vitest';
import { WaitingLine } from '../../../src/server/doors/waiting-line.js';

function work(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

/** When all that was joined before has begun. */
function lastOf(line: WaitingLine): Promise<void> {
  return new Promise((resolve) => line.join(resolve));
}

describe('what is to be done', () => {
  it('is begun together when the event loop has read what is ready, in the order it came', async () => {
    const line = new WaitingLine(600_000);
    const steps: string[] = [];
    const answer = async (name: string): Promise<void> => {
      steps.push(`${name} begins`);
      await undefined;
      steps.push(`${name} goes on`);
    };
    for (const name of ['first', 'second']) line.join(() => void answer(name));
    expect(steps).toEqual([]);
    expect(line.length).toBe(2);
    await lastOf(line);
    expect(steps).toEqual(['first begins', 'second begins', 'first goes on', 'second goes on']);
    expect(line.length).toBe(0);
  });

  it('is not begun all together: the loop comes round in between', async () => {
    const line = new WaitingLine(600_000);
    let rounds = 0;
    const timer = setInterval(() => (rounds += 1), 1);
    for (let number = 0; number < 300; number++) line.join(() => work(1));
    await lastOf(line);
    clearInterval(timer);
    expect(rounds).toBeGreaterThan(5);
  });
});

describe('a line', () => {
  it('is full when the last would wait too long for what those before it take, and no longer when they are gone', async () => {
    const line = new WaitingLine(100);
    for (let number = 0; number < 70; number++) line.join(() => work(2));
    expect(line.isFull).toBe(false);
    await lastOf(line);
    for (let number = 0; number < 100; number++) line.join(() => undefined);
    expect(line.isFull).toBe(true);
    await lastOf(line);
    expect(line.isFull).toBe(false);
  });

  it('is never full of a few, however long they take', async () => {
    const line = new WaitingLine(1);
    for (let number = 0; number < 63; number++) line.join(() => undefined);
    expect(line.isFull).toBe(false);
    line.join(() => undefined);
    expect(line.isFull).toBe(true);
    await lastOf(line);
  });
});
