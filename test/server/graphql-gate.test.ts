import { GraphQLObjectType, GraphQLSchema, GraphQLString, type ExecutionResult } from 'graphql';
import { describe, expect, it } from 'vitest';
import { ANONYMOUS } from '../../src/core/auth/principal.js';
import type { Gateway } from '../../src/core/graphql/context.js';
import { Gate } from '../../src/server/execution.js';

/** A gate on a schema whose fields and streams fail in ways that the real one's should not. */
function failingGate() {
  const faults: unknown[] = [];
  const subscriptions: string[] = [];
  const text = { type: GraphQLString };
  const fail = (): never => {
    throw new Error('SELECT secret FROM cellar');
  };
  async function* breaksAfterOne() {
    yield { broken: 'first' };
    fail();
  }
  const schema = new GraphQLSchema({
    query: new GraphQLObjectType({
      name: 'Query',
      fields: { broken: { ...text, resolve: fail }, whole: { ...text, resolve: () => 'whole' } },
    }),
    subscription: new GraphQLObjectType({
      name: 'Subscription',
      fields: { broken: { ...text, subscribe: breaksAfterOne }, refused: { ...text, subscribe: fail } },
    }),
  });
  const gate = new Gate({
    schema,
    gateway: {} as Gateway,
    onFault: (error) => void faults.push(error),
    onOperation: () => undefined,
    onSubscription: (change) => void subscriptions.push(change),
  });
  const request = (source: string) => {
    const { document, errors } = gate.prepare(source);
    if (!document) throw new Error(errors.join());
    const context = gate.context({ principal: ANONYMOUS, requestId: 'request-1' });
    return { document, context, transport: 'websocket' } as const;
  };
  return { gate, request, faults, subscriptions };
}

const MASKED = { message: 'Internal error.', extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: 'request-1' } };

describe('a fault', () => {
  it('of one field is masked, logged and leaves the others', async () => {
    const { gate, request, faults } = failingGate();
    const { data, errors } = await gate.execute(request('{ whole broken }'));
    expect(data).toEqual({ broken: null, whole: 'whole' });
    expect(errors?.map((error) => error.toJSON())).toEqual([
      { ...MASKED, path: ['broken'], locations: expect.any(Array) },
    ]);
    expect(faults).toEqual([new Error('SELECT secret FROM cellar')]);
  });

  it('of the start of a subscription is masked and logged', async () => {
    const { gate, request, faults, subscriptions } = failingGate();
    const result = await gate.subscribe(request('subscription { refused }'));
    if (Symbol.asyncIterator in result) throw new Error('Not refused.');
    expect(result.errors?.map((error) => error.toJSON())).toMatchObject([MASKED]);
    expect([faults.length, subscriptions]).toEqual([1, []]);
  });

  it('of a running subscription is the last that its reader hears, masked and logged', async () => {
    const { gate, request, faults, subscriptions } = failingGate();
    const stream = await gate.subscribe(request('subscription { broken }'));
    if (!(Symbol.asyncIterator in stream)) throw new Error('Not started.');
    const heard: ExecutionResult[] = [];
    for await (const result of stream) heard.push(result);
    expect(heard.map(({ data, errors }) => data ?? errors?.map((error) => error.toJSON()))).toEqual([
      { broken: 'first' },
      [MASKED],
    ]);
    expect([faults.length, subscriptions]).toEqual([1, ['started', 'ended']]);
  });
});
