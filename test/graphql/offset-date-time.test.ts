import { graphql, GraphQLNonNull, GraphQLObjectType, GraphQLSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { OffsetDateTime } from '../../src/core/graphql/scalars.js';

const schema = new GraphQLSchema({
  query: new GraphQLObjectType({
    name: 'Query',
    fields: {
      echo: {
        type: new GraphQLNonNull(OffsetDateTime),
        args: { time: { type: new GraphQLNonNull(OffsetDateTime) } },
        resolve: (_root, { time }) => time,
      },
    },
  }),
});

const VARIABLE = 'query ($time: OffsetDateTime!) { echo(time: $time) }';

describe('OffsetDateTime', () => {
  it('keeps the offset of a variable and of a literal', async () => {
    const time = '2009-10-20T10:20:00.250000-05:00';
    expect(await graphql({ schema, source: VARIABLE, variableValues: { time } })).toEqual({ data: { echo: time } });
    expect(await graphql({ schema, source: `{ echo(time: "${time}") }` })).toEqual({ data: { echo: time } });
  });

  it('writes UTC as +00:00', async () => {
    const answer = await graphql({ schema, source: '{ echo(time: "2009-10-20T10:20:00Z") }' });
    expect(answer).toEqual({ data: { echo: '2009-10-20T10:20:00+00:00' } });
  });

  it.each(['2009-10-20', '2009-10-20T10:20:00', '2256-01-01T00:00:00+00:00', 1_256_052_000, null, {}])(
    'refuses %j',
    async (time) => {
      const { errors } = await graphql({ schema, source: VARIABLE, variableValues: { time } });
      expect(errors).toHaveLength(1);
      expect(errors![0]!.message).toMatch(time === null ? /must not be null/ : /between the years 1685 and 2254/);
    },
  );

  it('refuses a literal that is no text', async () => {
    const { errors } = await graphql({ schema, source: '{ echo(time: 1256052000) }' });
    expect(errors!.map(({ message }) => message)).toEqual([
      'OffsetDateTime: not a time such as 2009-10-20T10:20:00-05:00, between the years 1685 and 2254.',
    ]);
  });
});
