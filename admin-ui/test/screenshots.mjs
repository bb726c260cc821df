// Pictures of every page, in both themes and on a phone, to be looked at:
//   CONSOLE_URL=http://127.0.0.1:4100 CONSOLE_EMAIL=… CONSOLE_PASSWORD=… node admin-ui/test/screenshots.mjs <folder> [part of a page's name …]
// Says what the page complained about, and what axe finds serious.
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { chromium } from 'playwright-core';

const { CONSOLE_URL = 'http://127.0.0.1:4100', CONSOLE_EMAIL, CONSOLE_PASSWORD } = process.env;
const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const [folder = 'screenshots', ...wanted] = process.argv.slice(2);

/** Name, address and, where a state has to be reached by hand, how. */
const SHOTS = [
  ['overview', '/'],
  ['traces', '/traces'],
  ['traces-empty', '/traces?status=error&q=zzzz'],
  ['trace-waterfall', '/traces', (page) => page.getByRole('row').nth(3).click()],
  ['trace-decision', '/traces?view=decision', (page) => page.getByRole('row').nth(3).click()],
  ['trace-messages', '/traces?view=messages', (page) => page.getByRole('row').nth(3).click()],
  ['trace-cache', '/traces?view=cache', (page) => page.getByRole('row').nth(3).click()],
  ['queues', '/queues'],
  ['providers', '/providers'],
  [
    'provider',
    '/providers',
    (page) => page.getByRole('region', { name: 'Providers' }).getByRole('link').first().click(),
  ],
  ['playground', '/playground'],
  ['playground-models', '/playground?mode=models', askBoth],
  ['evaluations', '/evaluations?range=24h'],
  ['evaluations-no-feedback', '/evaluations?range=24h&tenant=nobody'],
  ['evaluations-compare', '/evaluations?range=24h', (page) => openComparison(page)],
  ['policies', '/policies'],
  ['policies-explain', '/policies?tab=explain'],
  ['cache', '/cache'],
  ['cache-similarity', '/cache?tab=similarity'],
  ['cache-entries', '/cache?tab=entries'],
  [
    'cache-entry',
    '/cache?tab=entries',
    (page) => page.getByRole('table', { name: 'Entries' }).getByRole('row').nth(3).click(),
  ],
  ['cache-invalidate', '/cache', (page) => page.getByRole('button', { name: 'Invalidate…' }).click()],
  ['cache-warming', '/cache?tab=warm'],
  ['cost', '/cost'],
  ['cost-cumulative', '/cost?chart=cumulative&by=model'],
  ['cost-budgets', '/cost?tab=budgets'],
  ['cost-invoices', '/cost?tab=invoices'],
  ['capacity', '/capacity'],
  ['capacity-what-if', '/capacity?tab=what-if'],
  ['alerts', '/alerts'],
  ['alerts-rules', '/alerts?tab=rules'],
  ['alerts-channels', '/alerts?tab=channels'],
  ['tenants', '/tenants'],
  ['tenant', '/tenants', (page) => page.getByRole('table', { name: 'Tenants' }).getByRole('link').first().click()],
  ['users', '/users'],
  ['audit', '/audit'],
  ['audit-entry', '/audit', (page) => page.getByRole('row').nth(2).click()],
  ['system', '/system'],
  ['account', '/account'],
  ['palette', '/', openPalette],
];
async function openComparison(page) {
  await page.getByRole('row').nth(2).click();
  await page.getByRole('region', { name: 'Comparison' }).waitFor();
}
async function askBoth(page) {
  await page.getByRole('textbox', { name: 'User' }).fill('Why is the sky blue?');
  await page.getByRole('button', { name: 'Run both' }).click();
  await page.locator('.answer-head').getByText('Done').nth(1).waitFor();
}
async function openPalette(page) {
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Trace id' }).waitFor();
}

/** Nothing is being fetched, and no place waits for what was. Event streams stay open, so the network is never idle. */
function settled(page) {
  return page.waitForFunction(() => globalThis.document.querySelector('.skeleton, [aria-busy="true"]') === null);
}

/** A relay without such data has no such view. In ms. */
const REACH_TIMEOUT_MS = 8_000;

const FORMS = [
  { name: 'dark', colorScheme: 'dark', viewport: { width: 1440, height: 900 } },
  { name: 'light', colorScheme: 'light', viewport: { width: 1440, height: 900 } },
  { name: 'phone', colorScheme: 'dark', viewport: { width: 390, height: 844 } },
];

mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
for (const { name: form, ...options } of FORMS) {
  const context = await browser.newContext({ baseURL: CONSOLE_URL, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(REACH_TIMEOUT_MS);
  const complaints = new Set();
  page.on('console', (message) => message.type() === 'error' && complaints.add(message.text()));
  page.on('pageerror', (error) => complaints.add(error.stack ?? error.message));
  await page.goto('/');
  if (wanted.length === 0 || wanted.includes('login')) await shoot('login');
  await page.getByLabel('E-mail').fill(CONSOLE_EMAIL);
  await page.getByLabel('Password').first().fill(CONSOLE_PASSWORD);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.locator('.shell').waitFor();
  for (const [name, address, reach] of SHOTS) {
    if (wanted.length > 0 && !wanted.some((part) => name.includes(part))) continue;
    await page.goto(address);
    await page.locator('main h1').first().waitFor();
    await settled(page);
    try {
      if (reach) await reach(page);
      await settled(page);
      await shoot(name);
    } catch (error) {
      complaints.add(`${name} could not be reached, which may be for want of data: ${error.message.split('\n')[0]}`);
    }
  }
  for (const complaint of complaints) console.log(`${form}: complaint: ${complaint}`);
  await context.close();

  async function shoot(name) {
    if (name !== 'login') await settled(page);
    await page.screenshot({ path: path.join(folder, `${name}-${form}.png`) });
    await page.evaluate(AXE);
    const { violations } = await page.evaluate(() => globalThis.axe.run());
    for (const { id, impact, nodes } of violations.filter(({ impact }) => ['serious', 'critical'].includes(impact)))
      console.log(
        `${name}-${form}: axe ${impact}: ${id}: ${nodes
          .slice(0, 3)
          .map(({ target }) => target)
          .join(' | ')}`,
      );
    const width = await page.evaluate(() => globalThis.document.documentElement.scrollWidth);
    if (width > options.viewport.width) console.log(`${name}-${form}: ${width} px wide`);
  }
}
await browser.close();
