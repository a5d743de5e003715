import { describe, expect, it } from 'vitest';
import { KeptAnswers, type KeptAnswer } from '../../../src/server/answer-cache/kept-answers.js';

const ROOM = 1024 * 1024;

const resource = { system: 'toy', prefix: '/toy', route: '/', notices: [] };

function answer(body: string | Uint8Array): KeptAnswer {
  const whole = { status: 200, headers: {}, body };
  return { version: 1, validUntil: null, answer: whole, route: '/toy', resource, observe: undefined };
}

const textOf = (kept: KeptAnswer | undefined): string => Buffer.from(kept!.answer.body as Uint8Array).toString();

describe('Kept answers', () => {
  it('never take more than their room, however many requests differ', () => {
    const answers = new KeptAnswers(ROOM);
    const body = 'x'.repeat(5_000);
    for (let number = 0; number < 5_000; number++) {
      answers.set(`GET /page?number=${number}`, answer(body));
      if (answers.bytes > ROOM) break;
    }
    expect(answers.bytes).toBeLessThanOrEqual(ROOM);
    expect(answers.bytes).toBeGreaterThan(ROOM / 2);
    expect(answers.size).toBeLessThan(ROOM / body.length);
  });

  it('count what the request is called as well: long addresses with nothing behind them take room', () => {
    const answers = new KeptAnswers(ROOM);
    for (let number = 0; number < 500; number++) answers.set(`${number}${'p'.repeat(10_000)}`, answer(''));
    expect(answers.bytes).toBeLessThanOrEqual(ROOM);
    expect(answers.size).toBeLessThan(100);
  });

  it('go in the order in which they were asked for last', () => {
    const answers = new KeptAnswers(ROOM);
    const body = 'x'.repeat(60_000);
    for (const key of ['polled', 'left']) answers.set(key, answer(body));
    for (let number = 0; number < 20; number++) {
      answers.set(`page ${number}`, answer(body));
      answers.get('polled');
    }
    expect(answers.get('left')).toBeUndefined();
    expect(answers.get('polled')).toBeDefined();
  });

  it('are none of more than a sixteenth of the room, and an older one goes for it', () => {
    const answers = new KeptAnswers(ROOM);
    answers.set('page', answer('small'));
    answers.set('page', answer('x'.repeat(ROOM / 16)));
    expect(answers.get('page')).toBeUndefined();
    expect(answers.bytes).toBe(0);
  });

  it('are replaced by newer ones of the same request, whose bytes count once', () => {
    const answers = new KeptAnswers(ROOM);
    answers.set('page', answer('one'));
    const { bytes } = answers;
    answers.set('page', answer(Buffer.from('two')));
    expect(textOf(answers.get('page'))).toBe('two');
    expect([answers.size, answers.bytes]).toEqual([1, bytes]);
  });

  it('are the bytes of their texts', () => {
    const answers = new KeptAnswers(ROOM);
    answers.set('page', answer('ü €'));
    expect(textOf(answers.get('page'))).toBe('ü €');
  });
});
