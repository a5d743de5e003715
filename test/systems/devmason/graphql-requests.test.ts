import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DevmasonGateway } from './gateway.js';

let gateway: DevmasonGateway;

beforeAll(async () => {
  gateway = await DevmasonGateway.start();
  await gateway.register('carpet', gateway.alice);
  await gateway.register('lamp', gateway.alice);
});
afterAll(() => gateway.close());

const REQUEST = `mutation ($project: String!, $identifier: String!, $repository: DevmasonRepositoryInput) {
  devmasonRequestBuild(project: $project, identifier: $identifier, repository: $repository) {
    legacyId name identifier state project { legacyId } requester createdAt startedAt repository { url type } changes { nodes { from to actor } } } }`;
const GIT = { url: 'git://example.org/carpet', type: 'GIT' };

async function request(caller: 'anonymous' | 'alice', variables: object): Promise<any> {
  return (await gateway[caller].run(REQUEST, variables)).devmasonRequestBuild;
}

describe('devmasonRequestBuild', () => {
  it('records an event that nothing here carries out, for everybody who asks', async () => {
    expect(await request('anonymous', { project: 'carpet', identifier: 'HEAD' })).toEqual({
      legacyId: expect.stringMatching(/^[0-9]+$/),
      name: 'HEAD',
      identifier: 'HEAD',
      state: 'QUEUED',
      project: { legacyId: 'carpet' },
      requester: null,
      createdAt: expect.any(String),
      startedAt: null,
      repository: null,
      changes: { nodes: [{ from: null, to: 'QUEUED', actor: null }] },
    });
    expect(await request('alice', { project: 'carpet', identifier: '' })).toMatchObject({
      name: '',
      requester: 'alice',
    });
  });

  it("takes the newest repository of the project's requests when none is given", async () => {
    expect((await request('alice', { project: 'carpet', identifier: 'a', repository: GIT })).repository).toEqual(GIT);
    const hg = { url: 'http://example.org/carpet', type: 'HG' };
    await request('alice', { project: 'carpet', identifier: 'b', repository: hg });
    expect((await request('alice', { project: 'carpet', identifier: 'c' })).repository).toEqual(hg);
    expect((await request('alice', { project: 'lamp', identifier: 'c' })).repository).toBeNull();
  });

  it('remembers a repository by its address, with the type that it was first said to have', async () => {
    const again = { ...GIT, type: 'BZR' };
    expect((await request('alice', { project: 'lamp', identifier: 'd', repository: again })).repository).toEqual(GIT);
    expect(await gateway.rows('devmason_repository')).toBe(2);
  });

  it('refuses what cannot be stored, and an unknown project', async () => {
    const refusal = (variables: object) =>
      gateway.anonymous.refusal(REQUEST, { project: 'lamp', identifier: 'a', ...variables });
    expect(await refusal({ project: 'none' })).toEqual({
      code: 'NOT_FOUND',
      message: 'project: there is no such project.',
    });
    expect((await refusal({ identifier: 'a\0' })).message).toMatch(/^identifier: /);
    expect((await refusal({ identifier: 'x'.repeat(2_001) })).message).toMatch(/^identifier: /);
    expect((await refusal({ repository: { url: '\uD800', type: 'GIT' } })).message).toMatch(/^repository\.url: /);
    expect(await gateway.rows('devmason_repository')).toBe(2);
  });
});

it('build requests are found by repository, and have as many statements for any number of them', async () => {
  const document = `query ($first: Int!) { events(first: $first, filter: { devmason: { repositoryUrl: { startsWith: "git:" } } }) {
    totalCount nodes { tags project { name } ... on DevmasonBuildRequest { identifier repository { url } } } } }`;
  const { events } = await gateway.anonymous.run(document, { first: 100 });
  expect(events.totalCount).toBe(2);
  expect(events.nodes.map(({ identifier }: any) => identifier)).toEqual(['d', 'a']);
  for (const first of [1, 2]) {
    expect(await gateway.statementsOf(() => gateway.anonymous.run(document, { first }))).toHaveLength(4);
  }
});
