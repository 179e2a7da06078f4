// Chromium, by playwright.
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

export const name = 'Chromium';
const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

const executable = () => process.env.CHROME_PATH ?? ['/usr/bin/chromium', '/usr/bin/google-chrome'].find(existsSync);

/** Playwright's own browser. */
export const launchChromium = ({ args = [] } = {}) => chromium.launch({ executablePath: executable(), args: [...ARGS, ...args] });

export async function launch() {
  const browser = await launchChromium();
  return {
    version: browser.version(),
    newPage: async () => {
      const page = await browser.newPage();
      const complaints = [];
      page.on('console', (message) => ['error', 'warning'].includes(message.type()) && complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(String(error)));
      return Object.assign(page, { complaints: async () => complaints });
    },
    close: () => browser.close(),
  };
}
