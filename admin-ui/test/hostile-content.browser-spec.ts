import type { Browser, Page } from 'playwright-core';
import { ask, describeInBrowser, launchBrowser, openConsole, ownerApi } from './console-driver';
import { relayUnderTest, type RelayUnderTest } from './relay-under-test';

/** Would leave a trace behind if any of it ran. */
const SCRIPT = '<img src=x onerror="window.ran=1"><script>window.ran=2</script><svg onload="window.ran=3">';
const TURNED = '\u202Edlrow olleh\u202C \u2066isolated\u2069';
const CONTROL = 'bell\u0007 null-ish\u0001 escape\u001b[31mred line\u2028separator';
const HOSTILE = `${SCRIPT} ${TURNED} ${CONTROL} javascript:window.ran=4 {{7*7}}`;
const MEGABYTE = `${SCRIPT} ${'long words '.repeat(95_000)}`;
/** A word of so many letters hangs a page that shapes it again for each line. */
const ENDLESS_WORD = 'W'.repeat(200_000);
/** Characters that a page may draw at once: with more it stalls when it scrolls. */
const MOST_DRAWN = 250_000;

describeInBrowser('hostile content in the console', () => {
  let relay: RelayUnderTest;
  let browser: Browser;
  let page: Page;
  const ids = { hostile: '', long: '', word: '', refused: '' };

  beforeAll(async () => {
    [relay, browser] = await Promise.all([relayUnderTest(), launchBrowser()]);
    const idOf = (reply: Response): string => reply.headers.get('x-relay-trace-id') ?? '';
    ids.hostile = idOf(await ask(relay, HOSTILE, { 'x-relay-tags': '<b onmouseover=window.ran=5>bold</b>' }));
    ids.long = idOf(await ask(relay, MEGABYTE));
    ids.word = idOf(await ask(relay, ENDLESS_WORD));
    ids.refused = idOf(await ask(relay, 'x', { 'x-relay-priority': '<img src=x onerror=window.ran=6>' }));
    const api = await ownerApi(relay);
    await api('/api/tenants', { id: 'hostile', name: `${SCRIPT}${TURNED}` }).catch(() => null); // refused is as good
    const stored = (id: string) => api(`/api/traces/${id}`).catch(() => null);
    for (const id of [ids.hostile, ids.long, ids.word])
      while (!(await stored(id))) await new Promise((resolve) => setTimeout(resolve, 200));
    page = await openConsole(browser, relay, '/traces');
  }, 90_000);
  afterAll(() => Promise.all([browser?.close(), relay?.close()]));
  afterEach(harmless);

  it.each([
    ['messages', '<img src=x onerror'],
    ['decision', 'Rules evaluated'],
    ['raw', '<b onmouseover=window.ran=5>bold'],
  ])('is text in the part %s of a trace', async (view, text) => {
    await go(`/traces/${ids.hostile}?view=${view}`);
    await page.getByRole('tabpanel').getByText(text).first().waitFor();
  });

  it('is text in the list of traces and in its filters', async () => {
    await go('/traces?q=%3Cscript%3Ewindow.ran%3D7%3C%2Fscript%3E&tag=%3Cimg%20src%3Dx%20onerror%3Dwindow.ran%3D8%3E');
    await page.locator('main h1').waitFor();
    await page.getByText('<img src=x onerror=window.ran=8>').first().waitFor();
    await go('/traces');
    await page.getByRole('table', { name: 'Traces' }).getByRole('cell').first().waitFor();
  });

  it('is drawn in parts where it is long, and the page answers', async () => {
    await go(`/traces/${ids.long}?view=messages`);
    await page.getByText('<img src=x onerror').first().waitFor();
    await page.getByRole('button', { name: 'Show more' }).first().waitFor();
    expect(await drawn()).toBeLessThan(MOST_DRAWN);
    await page.getByRole('tab', { name: 'Raw' }).click();
    await page.getByRole('button', { name: /Show more/ }).waitFor();
    expect(await drawn()).toBeLessThan(MOST_DRAWN);
  });

  it('can be asked again in the playground, whose answer is text as well', async () => {
    await go(`/playground?trace=${ids.hostile}`);
    await page.getByText('Filled from a trace.').waitFor();
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.locator('.answer-head').getByText('Done').waitFor();
    await page.getByRole('region', { name: 'Answer' }).getByText('<img src=x onerror').waitFor();
    await page.getByRole('tab', { name: 'Raw' }).click();
    await page.getByText('"plan"').first().waitFor();
  });

  it('of a megabyte goes through the playground', async () => {
    await go('/playground');
    await page.getByRole('textbox', { name: 'User' }).fill(MEGABYTE);
    await page.getByRole('button', { name: 'Dry run' }).click();
    await page.getByText('Rules evaluated').waitFor();
    expect(await drawn()).toBeLessThan(MOST_DRAWN);
  });

  it('of one word without an end leaves the playground at hand: what is typed is seen', async () => {
    await go('/playground');
    const field = page.getByRole('textbox', { name: 'User' });
    await field.fill(ENDLESS_WORD);
    await field.press('End');
    await field.press('x');
    await page.waitForFunction(
      (length) => [...document.querySelectorAll('textarea')].some(({ value }) => value.length === length),
      ENDLESS_WORD.length + 1,
    );
    await go(`/playground?trace=${ids.word}`);
    await page.getByText('Filled from a trace.').waitFor();
  });

  it('of one word without an end is read in a trace', async () => {
    await go(`/traces/${ids.word}?view=messages`);
    await page.getByRole('button', { name: 'Show more' }).first().click();
    await page.getByRole('tab', { name: 'Raw' }).click();
    await page.getByRole('button', { name: /Show more/ }).waitFor();
  });

  it('is text where it is named: tenants, and a provider that does not exist', async () => {
    await go(`/providers/${encodeURIComponent(HOSTILE)}`);
    await page.getByText('There is no such provider').waitFor();
    await go('/playground');
    await page.getByRole('combobox', { name: 'Model' }).fill(SCRIPT);
    await page.getByRole('textbox', { name: 'User' }).fill('x');
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.getByRole('alert').getByText('model_not_found').waitFor();
  });

  /** As a link does it: the page is not loaded anew. */
  const go = (path: string): Promise<void> =>
    page.evaluate((to) => {
      history.pushState(null, '', to);
      dispatchEvent(new PopStateEvent('popstate'));
    }, path);

  async function harmless(): Promise<void> {
    const found = await page.evaluate(() => ({
      ran: (globalThis as { ran?: unknown }).ran ?? null,
      foreign: document.querySelectorAll('main img, main script, [onerror], [onload], [onmouseover]').length,
      title: document.title,
    }));
    expect(found).toMatchObject({ ran: null, foreign: 0 });
    expect(found.title).toContain('LLM Relay');
  }

  /** Characters in the document, without what stands in fields. */
  const drawn = (): Promise<number> =>
    page.evaluate(() => {
      const fields = [...document.querySelectorAll('textarea')].reduce(
        (sum, field) => sum + field.textContent.length,
        0,
      );
      return document.body.textContent.length - fields;
    });
});
