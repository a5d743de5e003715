import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HttpClient } from '../../support/http.js';
import { startTestServer } from '../../support/server.js';
import { FRESHMAKER_IMPORT } from './fixture.js';

let server: Awaited<ReturnType<typeof startTestServer>>;
let http: HttpClient;

beforeAll(async () => {
  server = await startTestServer({ import: { freshmaker: FRESHMAKER_IMPORT } });
  http = new HttpClient(server.url);
});

afterAll(() => server.close());

const get = (path: string) => http.get(`/freshmaker${path}`);

describe('verify-image', () => {
  it('answers the content sets of all architectures, sorted', async () => {
    const reply = await get('/api/1/verify-image/web-container-1.0-7');
    expect(reply.status).toBe(200);
    expect(reply.json).toEqual({
      images: { 'web-container-1.0-7': ['rhel-8-a', 'rhel-8-b', 'rhel-8-c'] },
      msg: 'Found 1 images which are handled by Freshmaker for defined content_sets.',
    });
  });

  it.each([
    ['nosuch-1-1', 'No images found for the specified NVR'],
    ['__proto__', 'No images found for the specified NVR'],
    ['%00', 'No images found for the specified NVR'],
    [
      'bare-container-1-1',
      'Found image "bare-container-1-1" in this repository, but it cannot be rebuilt, because the "content_sets" are not set for this image.',
    ],
    ['homeless-container-1-1', 'Cannot get repository for image homeless-container-1-1 from Pyxis.'],
    ['lost-container-1-1', 'Cannot get repository for image lost-container-1-1 from Pyxis.'],
    [
      'old-container-1-1',
      "Only repositories with one of {'Generally Available', 'Tech Preview', 'Beta'} release_categories can be rebuilt, but found ['Deprecated'].",
    ],
    [
      'hidden-container-1-1',
      'Only published repositories or unpublished exceptions can be rebuilt, but this repository is not published.',
    ],
    ['untagged-container-1-1', 'The "auto_rebuild_tags" in COMET is not set.'],
    [
      'off-container-1-1',
      'The "auto_rebuild_tags" in COMET is set to an empty list, this means rebuilds of images in this repository are disabled.',
    ],
  ])('refuses %s', async (nvr, message) => {
    for (const version of ['1', '2']) {
      const reply = await get(`/api/${version}/verify-image/${nvr}`);
      expect(reply.status).toBe(400);
      expect(reply.json).toEqual({ status: 400, error: 'Bad Request', message });
    }
  });
});

describe('verify-image-repository', () => {
  it('answers the published, tagged images with content sets in the order seen', async () => {
    const reply = await get('/api/2/verify-image-repository/acme/web');
    expect(reply.status).toBe(200);
    expect(reply.json).toEqual({
      images: {
        'web-container-1.0-7': { content_sets: ['rhel-8-b', 'rhel-8-a', 'rhel-8-c'], tags: ['latest', '1.0-7'] },
      },
      msg: 'Found 1 images which are handled by Freshmaker for defined content_sets.',
      repository: { auto_rebuild_tags: ['latest'] },
    });
  });

  it.each([
    ['acme/nosuch', 'Cannot get repository acme/nosuch from Pyxis.'],
    ['acme/twice', 'Multiple records found in Pyxis for image repository acme/twice.'],
    [
      'acme/old',
      "Only repositories with one of {'Generally Available', 'Tech Preview', 'Beta'} release_categories can be rebuilt, but found ['Deprecated'].",
    ],
    [
      'acme/hidden',
      'Only published repositories or unpublished exceptions can be rebuilt, but this repository is not published.',
    ],
    ['acme/untagged', 'The "auto_rebuild_tags" in COMET is not set.'],
    [
      'acme/off',
      'The "auto_rebuild_tags" in COMET is set to an empty list, this means rebuilds of images in this repository are disabled.',
    ],
    ['acme/empty', "No published images tagged by ['latest', '2.0'] found in repository"],
    [
      'acme/bare',
      'Found image "bare-container-1-1" in this repository, but it cannot be rebuilt, because the "content_sets" are not set for this image.',
    ],
  ])('refuses %s', async (repository, message) => {
    const reply = await get(`/api/1/verify-image-repository/${repository}`);
    expect(reply.status).toBe(400);
    expect(reply.json).toEqual({ status: 400, error: 'Bad Request', message });
  });
});
