import { chromium, type Browser, type Page } from 'playwright-core';
import { EXPIRY_MS } from '../support/expiry.js';

/** Starts Debian's Chromium, without the traffic a browser makes on its own account. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    timeout: EXPIRY_MS,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** What a page did besides what it shows. */
export interface PageLog {
  /** Addresses of all requests and WebSockets, those for data in the address itself left out. */
  readonly requests: string[];
  /** Console errors, which a violated Content-Security-Policy makes too, and uncaught exceptions. */
  readonly errors: string[];
}

/** Records from now on. What is waited for on the page may take as long as anywhere. */
export function watchPage(page: Page): PageLog {
  page.setDefaultTimeout(EXPIRY_MS);
  const log: PageLog = { requests: [], errors: [] };
  page.on('request', (request) => {
    if (!request.url().startsWith('data:')) log.requests.push(request.url());
  });
  page.on('websocket', (socket) => log.requests.push(socket.url()));
  page.on('console', (message) => {
    if (message.type() === 'error') log.errors.push(message.text());
  });
  page.on('pageerror', (error) => log.errors.push(error.message));
  return log;
}
