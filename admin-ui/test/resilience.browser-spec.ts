import type { Browser, Page } from 'playwright-core';
import { ask, describeInBrowser, launchBrowser, openConsole } from './console-driver';
import { relayUnderTest, OWNER, type RelayUnderTest } from './relay-under-test';

describeInBrowser('the console when things break', () => {
  let relay: RelayUnderTest;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    [relay, browser] = await Promise.all([relayUnderTest(), launchBrowser()]);
  }, 90_000);
  afterAll(() => Promise.all([browser?.close(), relay?.close()]));
  afterEach(() => page?.context().close());

  it('says when the relay is gone, keeps what was typed, and goes on by itself when it is back', async () => {
    if (!relay.kill || !relay.restart) return; // a given relay is not ours to kill
    page = await openConsole(browser, relay, '/playground');
    const draft = page.getByRole('textbox', { name: 'User' });
    await draft.fill('Do not lose me');
    await relay.kill();
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.getByRole('status').getByText('The relay does not answer').waitFor();
    await page.getByRole('alert').getByText('Nobody answers at this address').waitFor();

    await relay.restart();
    await page.getByText('The relay does not answer').waitFor({ state: 'detached' });
    expect(await draft.inputValue()).toBe('Do not lose me');
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.locator('.answer-head').getByText('Done').waitFor();
  }, 90_000); // a whole start of the relay is in it

  it('asks for the password again over the page when the session has ended, and then does what was asked', async () => {
    page = await openConsole(browser, relay, '/playground');
    await page.getByRole('textbox', { name: 'User' }).fill('Still here');
    await page.route('**/api/auth/refresh', (route) => route.fulfill({ status: 401, json: {} }));
    await page.route('**/api/policies/explain', (route) => route.fulfill({ status: 401, json: {} }), { times: 1 });
    await page.getByRole('button', { name: 'Dry run' }).click();
    const again = page.getByRole('dialog', { name: 'Your session has ended' });
    await again.getByLabel('Password').first().fill(OWNER.password);
    await again.getByRole('button', { name: 'Log in', exact: true }).click();
    await page.getByText('Rules evaluated').waitFor();
    expect(await page.getByRole('textbox', { name: 'User' }).inputValue()).toBe('Still here');
  });

  it('looks at the lines while live, and not at all while paused', async () => {
    page = await openConsole(browser, relay, '/queues');
    await page.getByText('Slots by provider').waitFor();
    await page.waitForResponse('**/api/queues'); // the next look
    await page.keyboard.press('l');
    await page.getByRole('button', { name: 'Paused' }).waitFor();
    await page.getByText('Paused:').waitFor();
    await page.waitForFunction(() => document.querySelector('[aria-label="Refresh"][aria-busy="true"]') === null);
    const asked: string[] = [];
    page.on('request', (request) => request.url().includes('/api/') && asked.push(request.url()));
    await page.clock.install();
    await page.clock.fastForward('01:00');
    expect(asked).toEqual([]);
    await page.keyboard.press('l');
    await page.clock.runFor(5_000);
    await page.waitForFunction(() => document.body.innerText.includes('Live'));
  });

  it('shows a provider at an address of its own, and closes it with Escape', async () => {
    page = await openConsole(browser, relay, '/providers');
    const link = page.getByRole('region', { name: 'Providers' }).getByRole('link').first();
    const name = (await link.innerText()).trim();
    await link.click();
    await page.getByRole('dialog', { name }).getByText('Errors of the last hour').waitFor();
    expect(new URL(page.url()).pathname).toBe(`/providers/${encodeURIComponent(name)}`);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(new URL(page.url()).pathname).toBe('/providers');
  });

  it('drains a provider, which the next request feels, probes it meanwhile, and puts it back', async () => {
    page = await openConsole(browser, relay, '/providers');
    await page.getByRole('region', { name: 'Providers' }).getByRole('link').first().click();
    const provider = page.getByRole('dialog').first();
    const say = async (what: string): Promise<void> => {
      await provider.getByRole('button', { name: 'Override' }).click();
      await page.getByRole('menuitem', { name: what }).click();
    };
    const asked = async (): Promise<string | number> => {
      const reply = await ask(relay, 'Anybody there?', { 'cache-control': 'no-store' });
      const { error } = (await reply.json()) as { error?: { message: string } };
      return error?.message ?? reply.status;
    };
    await say('Drain…');
    const sure = page.getByRole('dialog', { name: /^Drain: / });
    await sure.getByText('Nobody else serves').waitFor();
    await sure.getByLabel('Reason').fill('new <b>hardware</b>');
    await sure.getByRole('button', { name: 'Drain' }).click();
    await provider.getByText('new <b>hardware</b>').waitFor();
    await provider
      .getByText(/^drained, (59|60) min left$|^drained, 1 h left$/)
      .first()
      .waitFor();
    expect(await asked()).toContain('taken out of service by an operator');
    await provider.getByRole('button', { name: 'Probe now' }).click();
    await provider.getByText('probed: well').waitFor();
    await say('End the override…');
    await page.getByRole('button', { name: 'End it' }).click();
    await provider.getByText('new <b>hardware</b>').waitFor({ state: 'detached' });
    expect(await asked()).toBe(200);
  });
});
