import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Agent } from '../graphql/agent.js';
import { DevmasonGateway } from '../systems/devmason/gateway.js';
import { launchBrowser } from './browser.js';
import { openDashboard, overflow, PATIENCE_MS, rowNames, seriousFindings } from './dashboard.js';

let devmason: DevmasonGateway;
let agent: Agent;
let browser: Browser;

beforeAll(async () => {
  [devmason, browser] = await Promise.all([DevmasonGateway.start(), launchBrowser()]);
  agent = await Agent.of(devmason.server);
});

afterAll(async () => {
  await browser?.close();
  await devmason?.close();
});

async function open(path: string, options = {}): Promise<Page> {
  return (await openDashboard(browser, devmason.server.url + path, options)).page;
}

/** Width of the worked part of a bar of the timeline, in pixels. */
async function worked(page: Page, name: string): Promise<number> {
  const bar = page.locator('.timeline li', { hasText: name }).locator('.worked');
  return (await bar.boundingBox())?.width ?? 0;
}

describe('the page of an event', { timeout: 120_000 }, () => {
  it('grows its graph and its timeline while the event is worked on', async () => {
    const event = await agent.event();
    const page = await open(`/event/freshmaker/${event.legacyId}`);
    expect(await page.locator('svg').count()).toBe(0);
    const [base] = await agent.plan(event, ['base', { name: 'web', dependsOnName: 'base' }]);
    const graph = page.getByRole('group', { name: 'What waits for what' });
    await graph.getByRole('link', { name: 'base, Planned', exact: true }).waitFor();
    await graph.getByRole('link', { name: 'web, Planned, waits for base' }).waitFor();
    expect(await graph.locator('path').count()).toBe(1);
    await agent.plan(event, [{ name: 'api', dependsOnName: 'base' }]);
    await graph.getByRole('link', { name: 'api, Planned, waits for base' }).waitFor();
    expect(await graph.locator('path').count()).toBe(2);

    await agent.moveEvent(event, 'RUNNING');
    await agent.moveBuild(base!, 'RUNNING');
    await graph.getByRole('link', { name: 'base, Running' }).waitFor();
    await expect.poll(() => worked(page, 'base'), { timeout: PATIENCE_MS }).toBeGreaterThan(20);
    expect(await worked(page, 'web')).toBeLessThan(5);
    await agent.moveBuild(base!, 'FAILED', 'No space left');
    await page.getByRole('row', { name: 'base' }).getByText('No space left').waitFor();
    await page.getByTitle(/^Failed: waited .*, worked .*/).waitFor();
    await page.context().close();
  });

  it('shows its history as it happens, with who did it', async () => {
    const event = await agent.event();
    const page = await open(`/event/freshmaker/${event.legacyId}`);
    const history = page.getByRole('region', { name: 'History' }).getByRole('listitem');
    expect(await history.count()).toBe(1);
    await agent.moveEvent(event, 'RUNNING', 'Looking for images');
    await history.filter({ hasText: 'Looking for images (worker)' }).waitFor();
    await agent.moveEvent(event, 'FAILED');
    await expect.poll(() => history.count(), { timeout: PATIENCE_MS }).toBe(3);
    await page.reload();
    await expect.poll(() => history.count(), { timeout: PATIENCE_MS }).toBe(3);
    await page.context().close();
  });

  it('is reached from the list and leads to its builds, by the keyboard', async () => {
    const event = await agent.event();
    await agent.plan(event, ['base', { name: 'leaf', dependsOnName: 'base' }]);
    const page = await open('/');
    await page.getByRole('link', { name: event.name, exact: true }).press('Enter');
    await page.getByRole('heading', { name: event.name, level: 1 }).waitFor();
    await page.getByRole('link', { name: 'leaf, Planned, waits for base' }).press('Enter');
    await page.getByRole('heading', { name: 'leaf', level: 1 }).waitFor();
    expect(await page.getByRole('link', { name: 'base', exact: true }).getAttribute('href')).toMatch(
      /^\/build\/freshmaker\//,
    );
    await page.context().close();
  });

  it('says that there is none', async () => {
    const page = await browser.newPage();
    await page.goto(`${devmason.server.url}/event/rodan/none`);
    await page.getByText('There is no such event.').waitFor();
    await page.close();
  });
});

describe('the page of a build', { timeout: 120_000 }, () => {
  const LINES = Array.from({ length: 200 }, (_, line) => `line ${line}`).join('\n');

  it('shows steps and what they write as they come, in colour, and follows', async () => {
    await devmason.register('carpet');
    const { buildId } = await devmason.begin('carpet', { tags: ['flying'] });
    const page = await open(`/build/devmason/${encodeURIComponent(`carpet/${buildId}`)}`);
    await page.getByText('flying').waitFor();
    await devmason.addStep('carpet', buildId, { name: 'weave', success: true, output: LINES });
    const output = page.getByRole('log', { name: 'Output' });
    await output.getByText('line 199').waitFor();
    const rest = (): Promise<number> =>
      output.evaluate((box) => box.scrollHeight - box.clientHeight - Math.round(box.scrollTop));
    expect(await rest()).toBeGreaterThan(500);
    await page.getByRole('button', { name: 'Follow' }).click();
    await expect.poll(rest, { timeout: PATIENCE_MS }).toBeLessThan(2);
    const text = `${LINES}\n\u001b[31mtorn\u001b[0m`;
    await devmason.addStep('carpet', buildId, { name: 'fly', success: false, output: text, errout: 'crash' });
    await output.locator('.ansi-red', { hasText: 'torn' }).waitFor();
    await expect.poll(rest, { timeout: PATIENCE_MS }).toBeLessThan(2);
    expect(await rowNames(page)).toEqual(['weave', 'fly']);

    await output.evaluate((box) => box.scrollTo(0, 0));
    await page.locator('button[aria-pressed=false]', { hasText: 'Follow' }).waitFor();
    await devmason.addStep('carpet', buildId, { name: 'land', success: true, output: 'landed' });
    await output.getByText('landed').waitFor();
    expect(await rest()).toBeGreaterThan(500);
    await devmason.finish('carpet', buildId);
    await page.locator('.now').getByText('Failed').waitFor();
    await page.context().close();
  });

  it('says when it is deleted meanwhile', async () => {
    await devmason.register('rug');
    const { buildId } = await devmason.report('rug', { results: [{ name: 'weave', success: true }] });
    const page = await open(`/build/devmason/rug%2F${buildId}`);
    const document = 'mutation ($build: String!) { devmasonDeleteBuild(project: "rug", build: $build) }';
    await devmason.alice.run(document, { build: buildId });
    await page.locator('.now').getByText('(deleted)').waitFor();
    await page.context().close();
  });
});

describe('somebody who is signed in', { timeout: 120_000 }, () => {
  async function signIn(page: Page, token: string): Promise<void> {
    await page.getByRole('button', { name: 'Sign in' }).click();
    const dialog = page.getByRole('dialog', { name: 'Sign in' });
    await dialog.getByLabel('Token').fill(token);
    await dialog.getByRole('button', { name: 'Sign in' }).click();
  }

  async function cancel(page: Page): Promise<void> {
    await page.getByRole('button', { name: 'Cancel event' }).click();
    await page.getByRole('dialog', { name: 'Cancel event' }).getByRole('button', { name: 'Cancel event' }).click();
  }

  it('is told that a token is not known', async () => {
    const page = await open('/');
    await signIn(page, 'made-up');
    await page.getByRole('dialog').getByRole('alert').waitFor();
    await page.context().close();
  });

  it('cancels an event, and sees it happen', async () => {
    const event = await agent.event();
    const page = await open(`/event/freshmaker/${event.legacyId}`);
    expect(await page.getByRole('button', { name: 'Cancel event' }).count()).toBe(0);
    const sent: string[] = [];
    page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => sent.push(String(payload))));
    const token = await devmason.server.token('chief', { admin: true });
    await signIn(page, token);
    await page.getByText('chief administrator').waitFor();
    await cancel(page);
    await page.locator('.now').getByText('Canceled').waitFor();
    await page.getByText('requested for canceling by user chief').first().waitFor();
    expect(await page.getByRole('button', { name: 'Cancel event' }).count()).toBe(0);
    const init = { type: 'connection_init', payload: { Authorization: `Bearer ${token}` } };
    expect(sent.map((frame) => JSON.parse(frame))).toContainEqual(init);
    await page.reload();
    await page.getByText('chief administrator').waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    await page.context().close();
  });

  it('is refused in words what is not theirs to do', async () => {
    const event = await agent.event();
    const page = await open(`/event/freshmaker/${event.legacyId}`);
    await signIn(page, await devmason.server.token('guest', { roles: ['freshmaker/manual_rebuilder'] }));
    await cancel(page);
    await page.getByRole('alert').getByText("You must be an admin to cancel someone else's event.").waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Leave it' }).click();
    expect(await page.locator('.now').innerText()).toContain('Queued');
    await page.context().close();
  });

  it('finds nothing serious with axe in the dialog, and room for it on a phone', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await open('/', { colorScheme, bypassCSP: true, viewport: { width: 360, height: 640 } });
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('dialog').waitFor();
      expect(await seriousFindings(page)).toEqual([]);
      expect(await overflow(page)).toBe(0);
      await page.context().close();
    }
  });
});
