import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestServer } from '../support/server.js';
import { launchBrowser, watchPage, type PageLog } from './browser.js';

const example = (system: string): object =>
  JSON.parse(readFileSync(new URL(`../../examples/${system}.json`, import.meta.url), 'utf8'));
const examples = { freshmaker: example('freshmaker'), buildapi: example('buildapi') };

let server: Awaited<ReturnType<typeof startTestServer>>;
let browser: Browser;
let page: Page;
let log: PageLog;

beforeAll(async () => {
  [server, browser] = await Promise.all([startTestServer({ import: examples }), launchBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

beforeEach(async () => {
  page = await browser.newPage();
  log = watchPage(page);
  // Until the schema is there, an operation may run under the name of the one before it.
  const introspection = page.waitForResponse(
    (response) => response.request().postData()?.includes('IntrospectionQuery') === true,
  );
  await page.goto(`${server.url}/graphiql`);
  await (await introspection).finished();
  await page.locator('.graphiql-query-editor .view-line').first().waitFor();
});

afterEach(() => page.close());

/** Puts the document into the query editor, in place of what is there, and waits until its tab has the operation's name. */
async function enter(operationName: string, document: string): Promise<void> {
  await page.locator('.graphiql-query-editor .view-lines').click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.insertText(document);
  await page.getByRole('tab', { name: operationName, selected: true }).waitFor();
}

/** The answer as text; the editor draws spaces as no-break spaces. */
async function answer(): Promise<string> {
  return (await page.locator('.result-window .view-lines').innerText()).replaceAll('\u00a0', ' ');
}

async function answerShows(text: string): Promise<void> {
  await expect.poll(answer).toContain(text);
}

/** Runs the operation at the cursor by the keyboard and gives the body of the server's answer. */
async function run(): Promise<unknown> {
  const response = page.waitForResponse(`${server.url}/graphql`);
  await page.keyboard.press('ControlOrMeta+Enter');
  return (await response).json();
}

describe('GraphiQL', () => {
  it('opens with examples: lists, one event, subscriptions', async () => {
    const tabs = await page.getByRole('tab').allInnerTexts();
    expect(tabs).toEqual([
      'Events',
      'OneEvent',
      'StateChanges',
      'BuildNumbers',
      'ArtifactBuilds',
      'BuildRequests',
      'JobChanges',
      'ReportedBuilds',
      'FollowBuild',
      'WorkflowRuns',
      'KernelBuilds',
    ]);
  });

  it('runs a query by the keyboard', async () => {
    await enter('Keyboard', 'query Keyboard { event(system: FRESHMAKER, legacyId: "214") { legacyId state } }');
    await page.keyboard.press('ControlOrMeta+Enter');
    await answerShows('"legacyId": "214"');
    await answerShows('"state": "QUEUED"');
  });

  it('runs the example queries as they stand', async () => {
    for (const [tab, shown] of [
      ['Events', '"totalCount": 3'],
      ['OneEvent', '"searchKey": "50123"'],
      ['BuildRequests', '"buildId": 91'],
    ] as const) {
      await page.getByRole('tab', { name: tab }).click();
      await page.locator('.graphiql-query-editor .view-lines').click();
      // GraphiQL takes the operation's name from the tab a moment after the tab was chosen, and nothing shows when.
      await expect.poll(run).not.toHaveProperty('errors');
      await answerShows(shown);
    }
  });

  it('marks what the schema does not have, by a worker of its own', async () => {
    await enter('Mistaken', 'query Mistaken { nothingOfThisName }');
    await page.locator('.graphiql-query-editor .squiggly-error').waitFor();
  });

  it('shows the changes a subscription delivers: those missed, then those to come', async () => {
    const token = await server.token('agent', { admin: true });
    const moveEvent = async (to: string) => {
      const { data, errors } = await server.graphql(
        `query { event(system: FRESHMAKER, legacyId: "214") { id } }`,
        {},
        token,
      );
      expect(errors).toBeUndefined();
      const moved = await server.graphql(
        `mutation ($id: ID!, $to: State!) {
          transitionEvent(id: $id, to: $to) { changes(first: 1) { nodes { cursor } } }
        }`,
        { id: data.event.id, to },
        token,
      );
      expect(moved.errors).toBeUndefined();
      return moved.data.transitionEvent.changes.nodes[0].cursor as string;
    };
    const firstCursor = await moveEvent('RUNNING');
    await moveEvent('FAILED');

    await enter(
      'Resumed',
      `subscription Resumed { stateChanged(after: ${JSON.stringify(firstCursor)}) { from to event { legacyId } } }`,
    );
    await page.keyboard.press('ControlOrMeta+Enter');
    await answerShows('"to": "FAILED"');
    await moveEvent('SUCCEEDED');
    await answerShows('"to": "SUCCEEDED"');
    await answerShows('"legacyId": "214"');
    expect(log.requests).toContain(`${server.url.replace('http', 'ws')}/graphql`);
  });

  it('sends the headers of a tab with queries and as payload of connection_init', async () => {
    const token = await server.token('reader');
    const sent: string[] = [];
    page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => sent.push(String(payload))));
    await page.getByRole('button', { name: 'Headers' }).click();
    await page.locator('.graphiql-editor-tool .view-lines:visible').last().click();
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.insertText(JSON.stringify({ Authorization: `Bearer ${token}` }));

    await enter('Viewer', 'query Viewer { viewer { name } }');
    const query = page.waitForRequest((request) => request.postData()?.includes('query Viewer') === true);
    await page.keyboard.press('ControlOrMeta+Enter');
    expect((await query).headers()).toMatchObject({ authorization: `Bearer ${token}` });

    await enter('Live', 'subscription Live { stateChanged { cursor } }');
    await page.keyboard.press('ControlOrMeta+Enter');
    const init = { type: 'connection_init', payload: { Authorization: `Bearer ${token}` } };
    await expect.poll(() => sent.map((frame) => JSON.parse(frame))).toContainEqual(init);
  });

  it('needs no other origin and logs no error', async () => {
    // The editor asks for its workers when it first has something to check, at times after all else is quiet.
    await expect.poll(() => log.requests.filter((address) => address.includes('worker'))).not.toEqual([]);
    await page.waitForLoadState('networkidle');
    const origins = new Set(log.requests.map((address) => new URL(address).host));
    expect([...origins]).toEqual([new URL(server.url).host]);
    expect(log.errors).toEqual([]);
  });
});
