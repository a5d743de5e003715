import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer } from '../support/server.js';
import { launchBrowser, watchPage, type PageLog } from './browser.js';
import { HOSTILE_AUTHOR, HOSTILE_BUILDER, REVISION, todaysImport, WAITING } from './buildapi-data.js';

const PAGES: readonly (readonly [string, string])[] = [
  ['a branch', '/self-serve/try'],
  ['a branch without builds', '/builds/ash'],
  ['a revision', `/self-serve/try/rev/${REVISION}`],
  ['a build', '/self-serve/try/build/8004'],
  ['a request', '/self-serve/try/request/9002'],
  ['an author', `/self-serve/try/user/${encodeURIComponent(HOSTILE_AUTHOR)}`],
  ['builders', '/self-serve/try/builders'],
  ['an open job', '/self-serve/jobs/1'],
  ['a failed job', '/self-serve/jobs/2'],
  ['the job log', '/self-serve/jobs'],
  ['pending requests', '/pending'],
  ['running builds', '/running'],
  ['the documentation', '/self-serve'],
  ['the dashboard', '/'],
  ['the authors', '/pushes'],
];

let server: Awaited<ReturnType<typeof startTestServer>>;
let browser: Browser;

beforeAll(async () => {
  const now = Math.floor(Date.now() / 1000);
  const started = startTestServer({
    import: { buildapi: todaysImport(now) },
    env: { BUILDGATE_BUILDAPI_TIMEZONE: middayZone(now) },
  });
  [server, browser] = await Promise.all([started, launchBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

/** A zone where it is about noon, so that the last minutes are today. */
function middayZone(now: number): string {
  const offset = 12 - new Date(now * 1000).getUTCHours();
  // The names count the other way round: Etc/GMT-5 is five hours ahead.
  return offset === 0 ? 'Etc/GMT' : `Etc/GMT${offset > 0 ? '-' : '+'}${Math.abs(offset)}`;
}

/** Opens a page, looks at it, and closes it. */
async function visit(
  path: string,
  look: (page: Page, log: PageLog) => Promise<void>,
  options: BrowserContextOptions = {},
): Promise<void> {
  const page = await browser.newPage(options);
  const log = watchPage(page);
  await page.goto(`${server.url}/buildapi${path}`);
  await look(page, log);
  await page.close();
}

/** Presses Tab until the control of this name has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  const control = page.getByRole('button', { name, exact: true });
  await control.waitFor();
  for (let presses = 0; presses < 100; presses += 1) {
    if (await control.evaluate((element) => element.matches(':focus'))) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not reach ${name}.`);
}

describe('the pages of buildapi', () => {
  it('let a person who signed in cancel a pending build by the keyboard alone', async () => {
    const password = await server.token('alice');
    const page = await browser.newPage({ httpCredentials: { username: 'alice', password } });
    const log = watchPage(page);
    await page.goto(`${server.url}/buildapi/login`);
    expect(page.url()).toBe(`${server.url}/buildapi/self-serve`);
    await page.getByText('Signed in as alice').waitFor();

    await page.goto(`${server.url}/buildapi/self-serve/try`);
    const pending = page.getByRole('region', { name: 'Pending' });
    const waiting = pending.getByRole('link', { name: WAITING.builder });
    expect(await waiting.count()).toBe(1);
    await tabTo(page, `Cancel: ${WAITING.builder}, request ${WAITING.id}`);
    await Promise.all([page.waitForURL(/\/self-serve\/jobs\/\d+$/), page.keyboard.press('Enter')]);

    await expect
      .poll(async () => {
        await page.reload();
        return page.locator('.state').innerText();
      })
      .toBe(`${WAITING.id}: Ok`);
    expect(JSON.parse(await page.locator('pre').innerText())).toMatchObject({
      action: 'cancel_request',
      who: 'alice',
      what: { brid: WAITING.id },
      complete_data: { body: { errors: false, msg: `${WAITING.id}: Ok` } },
    });
    expect(await page.locator('meta[http-equiv=refresh]').count()).toBe(0);

    await page.goto(`${server.url}/buildapi/self-serve/try`);
    await pending.waitFor();
    expect(await waiting.count()).toBe(0);
    // The browser says so of the question for name and password, which it answered.
    expect(log.errors.filter((text) => !text.includes('401'))).toEqual([]);
    await page.close();
  });

  it('refuse a change of a person who did not sign in, and say where to', () =>
    visit('/self-serve/try', async (page) => {
      await tabTo(page, `Cancel: ${HOSTILE_BUILDER}, request 9002`);
      await page.keyboard.press('Enter');
      await page.getByText('ACCESS DENIED!').waitFor();
      const signIn = page.getByRole('main').getByRole('link', { name: 'Sign in' });
      expect(await signIn.getAttribute('href')).toBe('/buildapi/login');
    }));

  it('offer to cancel all of a revision, and tell how far it is', () =>
    visit(`/self-serve/try/rev/${REVISION}`, async (page) => {
      await page.getByRole('button', { name: `Cancel all: revision ${REVISION}` }).waitFor();
      await page.getByText('Job not complete').waitFor();
      const builds = page.getByRole('region', { name: 'Builds' });
      const words = await builds.locator('.state').allInnerTexts();
      expect(words).toEqual(['Cancelled', 'Exception', 'Skipped', 'Failure', 'Warnings', 'Success']);
    }));

  it('look a revision up from the page of the branch', () =>
    visit('/self-serve/try', async (page) => {
      await page.getByLabel('Revision').fill(REVISION.slice(0, 12));
      await page.keyboard.press('Enter');
      await page.waitForURL(`**/self-serve/try/rev/${REVISION.slice(0, 12)}`);
    }));

  it('lead to earlier days and say when there is nothing', () =>
    visit('/self-serve/try', async (page) => {
      await page.getByRole('link', { name: 'Earlier' }).click();
      await page.waitForURL(/\?date=\d{4}-\d\d-\d\d$/);
      expect(await page.getByText('None.').count()).toBe(3);
    }));

  it('end their jobs visibly: an open one is read again, a failed one shows what the agent said', async () => {
    await visit('/self-serve/jobs/1', async (page) => {
      expect(await page.locator('meta[http-equiv=refresh]').getAttribute('content')).toBe('30');
      await page.getByText('Not completed').waitFor();
    });
    await visit('/self-serve/jobs/2', async (page) => {
      expect(await page.locator('.state.bad').innerText()).toMatch(/^<img src=x/);
    });
  });

  it.each(PAGES)('%s: loads nothing, runs nothing, and reports no error', (_name, path) =>
    visit(path, async (page, log) => {
      const title = await page.title();
      expect(title).not.toBe('');
      expect(title).not.toBe('taken');
      expect(await page.locator('script, img').count()).toBe(0);
      expect(log.requests).toEqual([`${server.url}/buildapi${path}`]);
      expect(log.errors).toEqual([]);
    }),
  );

  it('show hostile names as text', async () => {
    await visit('/self-serve/try', (page) => page.getByRole('link', { name: HOSTILE_BUILDER, exact: true }).waitFor());
    const author = `/self-serve/try/user/${encodeURIComponent(HOSTILE_AUTHOR)}`;
    await visit(author, (page) => page.getByRole('heading', { name: HOSTILE_AUTHOR }).waitFor());
    await visit('/self-serve/jobs', (page) => page.getByRole('cell', { name: HOSTILE_AUTHOR }).waitFor());
  });

  it.each(PAGES)('%s: has a language, one main heading, landmarks, and a label for every control', (_name, path) =>
    visit(path, async (page) => {
      expect(await page.locator('html').getAttribute('lang')).toBe('en');
      expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1);
      expect(await page.getByRole('main').count()).toBe(1);
      expect(await page.getByRole('navigation', { name: 'Pages' }).count()).toBe(1);
      expect(await page.evaluate(UNLABELLED)).toEqual([]);
    }),
  );

  it.each(PAGES)('%s: fits windows of a phone, a tablet and a desk', (_name, path) =>
    visit(path, async (page) => {
      for (const width of [390, 760, 1090, 1280]) {
        await page.setViewportSize({ width, height: 800 });
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
      }
    }),
  );

  it.each(['light', 'dark'] as const)('are readable in %s colours', (colorScheme) =>
    visit(
      `/self-serve/try/rev/${REVISION}`,
      async (page) => {
        const faint = await page.evaluate(FAINT_TEXTS);
        expect(faint).toEqual([]);
        const background = await page.evaluate('getComputedStyle(document.body).backgroundColor');
        const [red] = /\d+/.exec(String(background)) ?? ['0'];
        expect(Number(red) > 128).toBe(colorScheme === 'light');
      },
      { colorScheme },
    ),
  );
});

/** Controls that nothing names. */
const UNLABELLED = `[...document.querySelectorAll('button, input:not([type=hidden]), select, textarea')]
  .filter((control) => !(control.ariaLabel || control.textContent.trim() || control.labels.length > 0))
  .map((control) => control.outerHTML)`;

/** Texts whose contrast to what lies behind them is below 4.5 to 1 (WCAG 2.2, 1.4.3). */
const FAINT_TEXTS = `(() => {
  const channels = (color) => color.match(/[\\d.]+/g).map(Number);
  const luminance = (color) => {
    const [red, green, blue] = channels(color).slice(0, 3).map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const behind = (element) => {
    const color = getComputedStyle(element).backgroundColor;
    return channels(color)[3] === 0 && element.parentElement ? behind(element.parentElement) : color;
  };
  const texts = [...document.querySelectorAll('body *')].filter((element) =>
    [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== ''));
  return texts.filter((element) => {
    const [lower, higher] = [luminance(getComputedStyle(element).color), luminance(behind(element))].sort((a, b) => a - b);
    return (higher + 0.05) / (lower + 0.05) < 4.5;
  }).map((element) => element.outerHTML);
})()`;
