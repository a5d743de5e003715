import { chromium, type Browser } from 'playwright-core';
import type { Measured, Row } from '../bench.ts';
import { kept, startGateway, type Server } from '../processes.ts';

/** One visit after the other, each of a browser that knows nothing yet, until the time is up. */
async function visits(browser: Browser, { url }: Server, seconds: number): Promise<Measured> {
  const begun = performance.now();
  let count = 0;
  while (count === 0 || performance.now() - begun < seconds * 1000) {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${url}/?kind=builds`);
    await page.locator('main[aria-busy=false]').waitFor();
    await context.close();
    count += 1;
  }
  return { rate: (count * 1000) / (performance.now() - begun), cpuMs: null };
}

/** From the address to a list that one can use, beside the same with nothing in it. */
export const DASHBOARD_ROW: Row = {
  name: 'dashboard',
  work: 'the list of builds in Chromium, until it shows what it has read, SQLite',
  reference: 'the same of an empty database',
  unit: 'visits',
  ratio: 'time',
  goal: { floor: 1.5, aim: 1.1 },
  prepare: async (bench) => {
    const ours = await kept(bench, startGateway(`sqlite:${await bench.data.sqlite()}`));
    const reference = await kept(bench, startGateway(`sqlite:${bench.data.file('empty.db')}`));
    const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
    bench.defer(() => browser.close());
    for (const server of [ours, reference]) await visits(browser, server, 0);
    return {
      ours: () => visits(browser, ours, bench.seconds),
      reference: () => visits(browser, reference, bench.seconds),
    };
  },
};
