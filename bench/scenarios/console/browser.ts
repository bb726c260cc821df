import { type BrowserContext, chromium } from 'playwright-core';

export const ADMIN = { email: 'bench@example.com', password: 'a password of the benchmark' };

const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const STEP_TIMEOUT_MS = 60_000;

export interface OpenConsole {
  readonly context: BrowserContext;
  readonly version: string;
  close(): Promise<void>;
}

/** A browser in which somebody is logged in. */
export async function openConsole(url: string): Promise<OpenConsole> {
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ['--headless', '--no-sandbox', '--disable-gpu'],
  });
  const context = await browser.newContext({ baseURL: url, viewport: { width: 1440, height: 900 } });
  context.setDefaultTimeout(STEP_TIMEOUT_MS);
  const page = await context.newPage();
  await page.goto('/account');
  await page.getByLabel('E-mail').fill(ADMIN.email);
  await page.getByLabel('Password').first().fill(ADMIN.password);
  await page.getByRole('button', { name: 'Log in', exact: true }).click();
  await page.locator('.shell-main h1').first().waitFor(); // the login page has a heading, too
  await page.close();
  return { context, version: browser.version(), close: () => browser.close() };
}
