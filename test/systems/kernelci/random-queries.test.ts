import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  countable,
  DISTINCT_FIELDS,
  distinctTexts,
  listAnswer,
  matching,
  type Parameters,
  type ResourceName,
} from './query-model.js';
import { dataSet, vocabulary, type DataSet } from './random-documents.js';
import { conditions, groupQuery, listQuery, queryString } from './random-queries.js';
import { KERNELCI_IMPORT } from './rest-fixture.js';
import { KernelciServer } from './rest-support.js';

/** Set it to look at other documents and queries, and to see again what failed. */
const SEED = Number(process.env.BUILDGATE_TEST_SEED ?? 20_150_116);
const RUNS = 40;
const RESOURCES: readonly ResourceName[] = ['build', 'boot', 'job', 'test_group', 'test_case'];

const [texts = []] = fc.sample(vocabulary, { numRuns: 1, seed: SEED });
let now: number;
let data: DataSet;
let server: KernelciServer;
beforeAll(async () => {
  now = Date.now();
  // JSON has no minus zero.
  data = JSON.parse(JSON.stringify(fc.sample(dataSet(texts, now), { numRuns: 1, seed: SEED })[0])) as DataSet;
  server = await KernelciServer.start({}, { token: (KERNELCI_IMPORT as { token: unknown }).token, ...data });
});
afterAll(() => server.close());

const path = (resource: ResourceName): string => `/${resource.replace('_', '/')}`;

/** Sends queries of a kind as long as their answers are what the model says. */
function always(
  queries: fc.Arbitrary<Parameters>,
  property: (parameters: Parameters, query: string) => Promise<void>,
): Promise<void> {
  const asked = fc.asyncProperty(queries, (parameters) => property(parameters, queryString(parameters)));
  return fc.assert(asked, { numRuns: RUNS, seed: SEED });
}

/** Answer and model are the same. What is counted back from now has a moment at the beginning or at the end of asking. */
async function agree(ask: () => Promise<unknown>, model: (now: number) => unknown): Promise<void> {
  const before = model(Date.now());
  const answer = await ask();
  expect(answer).toEqual(isDeepStrictEqual(answer, before) ? before : model(Date.now()));
}

describe.each(RESOURCES)('any query of a %s', (resource) => {
  it('lists the documents that match, in the order, part and projection that it asks for', async () => {
    await always(listQuery({ resource, texts, now }), async (parameters, query) => {
      await agree(
        () => server.read(`${path(resource)}?${query}`),
        (now) => listAnswer(resource, data[resource], parameters, now),
      );
    });
  });

  it('with aggregate gives the first document of each group', async () => {
    await always(groupQuery({ resource, texts, now }), async (parameters, query) => {
      await agree(
        () => server.read(`${path(resource)}?${query}`),
        (now) => listAnswer(resource, data[resource], parameters, now),
      );
    });
  });

  it('gives the unique values of each member that has them', async () => {
    const fields = DISTINCT_FIELDS[resource];
    let turn = 0;
    await always(conditions({ resource, texts, now }), async (parameters, query) => {
      const field = fields[turn++ % fields.length] as string;
      await agree(
        async () => {
          const { result, count } = await server.read(`${path(resource)}/distinct/${field}?${query}`);
          expect(count).toBe(result.length);
          return (result as unknown[]).map((value) => JSON.stringify(value)).toSorted();
        },
        (now) => distinctTexts(resource, data[resource], parameters, field, now),
      );
    });
  });

  it('counts the documents that match', async () => {
    const counted = conditions({ resource, texts, now }).map((parameters) => countable(resource, parameters));
    await always(counted, async (parameters, query) => {
      const count = (now: number) => matching(resource, data[resource], parameters, now).length;
      await agree(
        () => server.read(`/count/${resource}?${query}`),
        (now) => ({ code: 200, result: [{ collection: resource, count: count(now) }] }),
      );
    });
  });

  it('finds the same in a batch', async () => {
    const queries = fc.oneof(listQuery({ resource, texts, now }), groupQuery({ resource, texts, now }));
    await always(queries, async (parameters) => {
      const model = (now: number) => listAnswer(resource, data[resource], parameters, now);
      fc.pre(!('reason' in model(Date.now())));
      // A plus sign is itself in a batch.
      const query = queryString(parameters).replaceAll('+', '%20');
      await agree(
        async () => (await server.batch([{ method: 'GET', operation_id: ['x'], resource, query }]))[0],
        (now) => {
          const { code: _code, skip: _skip, ...list } = model(now) as Record<string, unknown>;
          return { operation_id: ['x'], result: 'count' in list ? [list] : list['result'] };
        },
      );
    });
  });
});
