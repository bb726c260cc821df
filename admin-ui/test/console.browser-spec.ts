import { existsSync } from 'node:fs';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { lowContrastTexts } from './contrast';
import { relayUnderTest, type RelayUnderTest } from './relay-under-test';

const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Well below Jest's own limit, so that a failure names the step that hung, in ms. */
const STEP_TIMEOUT_MS = 15_000;

const hasBrowser = existsSync(CHROMIUM);
const describeBrowser = hasBrowser ? describe : describe.skip;
if (!hasBrowser) process.stderr.write(`skipped: there is no browser at ${CHROMIUM} (CHROMIUM_PATH names another)\n`);

describeBrowser('the console in a browser', () => {
  let relay: RelayUnderTest;
  let browser: Browser;

  beforeAll(async () => {
    [relay, browser] = await Promise.all([
      relayUnderTest(),
      chromium.launch({ executablePath: CHROMIUM, args: FLAGS }),
    ]);
  }, 90_000);
  afterAll(() => Promise.all([browser?.close(), relay?.close()]));

  let page: Page;
  const open = async (options: BrowserContextOptions = {}): Promise<Page> => {
    const context = await browser.newContext({ baseURL: relay.url, ...options });
    context.setDefaultTimeout(STEP_TIMEOUT_MS);
    page = await context.newPage();
    return page;
  };
  afterEach(() => page.context().close());
  const headline = (title: string) => page.getByRole('status').getByText(title, { exact: true });

  it('shows that the relay is ready, from this origin alone and within the content security policy', async () => {
    await open();
    const complaints: string[] = [];
    const origins = new Set<string>();
    page.on('console', (message) => void complaints.push(message.text()));
    page.on('pageerror', (error) => void complaints.push(error.message));
    page.on('request', (request) => void origins.add(new URL(request.url()).origin));

    const reply = await page.goto('/');
    await headline('Ready').waitFor();
    expect(await reply?.headerValue('content-security-policy')).toContain("default-src 'none'");
    expect(await page.getByText('Database').isVisible()).toBe(true);
    expect([...origins]).toEqual([new URL(relay.url).origin]);
    expect(complaints).toEqual([]);
  });

  it('says that it is checking until the relay has answered', async () => {
    await open();
    let answer = (): void => undefined;
    const held = new Promise<void>((resolve) => (answer = resolve));
    await page.route('**/health/ready', async (route) => {
      await held;
      await route.continue();
    });
    await page.goto('/');
    await headline('Checking').waitFor();
    answer();
    await headline('Ready').waitFor();
  });

  it('says that nobody answers, and notices by itself when somebody does again', async () => {
    await open();
    await page.goto('/');
    await headline('Ready').waitFor();
    await page.context().setOffline(true);
    await page.getByRole('button', { name: 'Check now' }).click();
    await headline('Not reachable').waitFor();
    expect(await page.getByText('Database').isVisible()).toBe(true); // what was last known stays
    await page.context().setOffline(false);
    await headline('Ready').waitFor();
  });

  it('says that it serves without a store that is away, and why', async () => {
    await open();
    const details = { database: { status: 'up', degraded: true, reason: 'ConnectionError' } };
    await page.route('**/health/ready', (route) => route.fulfill({ json: { status: 'ok', details } }));
    await page.goto('/');
    await headline('Serving, degraded').waitFor();
    expect(await page.getByText('ConnectionError').isVisible()).toBe(true);
  });

  it('gives a first call for its own address to the clipboard', async () => {
    await open({ permissions: ['clipboard-read', 'clipboard-write'] });
    await page.goto('/');
    await page.getByRole('button', { name: 'Copy the example' }).click();
    await page.getByRole('button', { name: 'Copied the example' }).waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toContain(`${relay.url}/v1/chat/completions`);
  });

  it('can be used with the keyboard: skip link first, arrows among the examples', async () => {
    await open();
    await page.goto('/');
    await headline('Ready').waitFor();
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').textContent()).toBe('Skip to the content');
    await page.getByRole('tab', { name: 'curl' }).focus();
    await page.keyboard.press('ArrowRight');
    expect(await page.locator(':focus').textContent()).toBe('JavaScript');
    expect(await page.getByRole('tabpanel').textContent()).toContain("import OpenAI from 'openai'");
    await page.keyboard.press('End');
    expect(await page.getByRole('tabpanel').textContent()).toContain('from openai import OpenAI');
  });

  it('links to an API reference that is there', async () => {
    await open();
    await page.goto('/');
    await page.getByRole('navigation').getByRole('link', { name: 'API reference' }).click();
    await page.waitForURL('**/docs');
    expect(await page.title()).toContain('Swagger');
  });

  it.each(['light', 'dark'] as const)('is readable on a phone in the %s theme', async (colorScheme) => {
    await open({ colorScheme, viewport: { width: 390, height: 844 } });
    await page.goto('/');
    await headline('Ready').waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    expect(await lowContrastTexts(page)).toEqual([]);
    const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(ground).toBe(colorScheme === 'dark' ? 'rgb(12, 16, 23)' : 'rgb(246, 247, 249)');
  });
});
