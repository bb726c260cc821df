import type { Browser, Page } from 'playwright-core';
import { ask, describeInBrowser, launchBrowser, logIn, openConsole, ownerApi } from './console-driver';
import { relayUnderTest, OWNER, TENANT, type RelayUnderTest } from './relay-under-test';

const isGiven = process.env.CONSOLE_URL !== undefined;
if (isGiven) process.stderr.write('skipped: outages, because the relay at CONSOLE_URL is not ours to kill\n');
const itWithOutage = isGiven ? it.skip : it;
/** A whole start of the relay is in it, in ms. */
const OUTAGE_TIMEOUT_MS = 90_000;

const BEN = { email: 'ben@example.com', password: 'another password of the tests', role: 'owner', tenant: null };

async function logOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: ': account' }).click();
  await page.getByRole('menuitem', { name: 'Log out' }).click();
}

/** So that nothing but what the test does next asks the relay. */
async function pause(page: Page): Promise<void> {
  await page.keyboard.press('l');
  await page.getByRole('button', { name: 'Paused' }).waitFor();
}

async function logInAgain(page: Page, person: typeof OWNER): Promise<void> {
  const again = page.getByRole('dialog', { name: 'Your session has ended' });
  await logIn(again, person);
  await again.waitFor({ state: 'detached' });
}

describeInBrowser('the console when things break', () => {
  let relay: RelayUnderTest;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    [relay, browser] = await Promise.all([relayUnderTest(), launchBrowser()]);
    await (
      await ownerApi(relay)
    )('/api/users', BEN);
  }, 90_000);
  afterAll(() => Promise.all([browser?.close(), relay?.close()]));
  afterEach(async () => {
    await page?.context().close();
    await relay?.restart?.(); // an outage that a failed test left, so that the next one has a relay
  }, OUTAGE_TIMEOUT_MS);

  /** Of the owner, everywhere. */
  const endSessions = async (): Promise<void> => {
    const api = await ownerApi(relay);
    const { id } = await api<{ id: string }>('/api/auth/me');
    await api(`/api/users/${id}/logout`, {});
  };
  const outageBegins = async (): Promise<void> => {
    if (!relay.kill) throw new Error('this relay is not ours to kill');
    await relay.kill();
  };
  const outageEnds = async (): Promise<void> => relay.restart?.();

  itWithOutage(
    'says when the relay is gone, keeps what was typed, and goes on by itself when it is back',
    async () => {
      page = await openConsole(browser, relay, '/traces');
      await page.getByRole('link', { name: 'Playground' }).click();
      const draft = page.getByRole('textbox', { name: 'User' });
      await draft.fill('Do not lose me');
      await page.getByRole('button', { name: 'Run', exact: true }).and(page.locator(':enabled')).waitFor(); // who it asks for is there
      await outageBegins();
      await page.getByRole('button', { name: 'Run', exact: true }).click();
      await page.getByRole('status').getByText('The relay does not answer').waitFor();
      await page.getByRole('alert').getByText('Nobody answers at this address').waitFor();
      await page.getByRole('link', { name: 'Traces' }).click();
      await page.getByLabel('Search request id').fill('nothing has this in it');
      await page.getByRole('alert').getByText('The relay does not answer').waitFor();

      await outageEnds();
      await page.getByText('The relay does not answer').first().waitFor({ state: 'detached' });
      await page.getByRole('alert').waitFor({ state: 'detached' });
      await page.getByRole('link', { name: 'Playground' }).click();
      expect(await draft.inputValue()).toBe('Do not lose me');
      await page.getByRole('button', { name: 'Run', exact: true }).click();
      await page.locator('.answer-head').getByText('Done').waitFor();
    },
    OUTAGE_TIMEOUT_MS,
  );

  itWithOutage(
    'says that a logout has not reached the relay, and sees to it that it does',
    async () => {
      page = await openConsole(browser, relay, '/queues');
      await outageBegins();
      await logOut(page);
      const untold = page.getByText('your session in this browser has not ended there yet');
      await untold.waitFor();
      await outageEnds();
      await untold.waitFor({ state: 'detached' });
      await page.reload();
      await page.getByRole('heading', { name: 'Log in', exact: true }).waitFor();
      expect(await page.context().cookies()).toEqual([]);
    },
    OUTAGE_TIMEOUT_MS,
  );

  it('asks for the password again over the page when the session has ended, and then does what was asked', async () => {
    page = await openConsole(browser, relay, '/playground');
    await pause(page);
    await page.getByRole('textbox', { name: 'User' }).fill('Still here');
    await endSessions();
    await page.getByRole('button', { name: 'Dry run' }).click();
    await logInAgain(page, OWNER);
    await page.getByText('Rules evaluated').waitFor();
    expect(await page.getByRole('textbox', { name: 'User' }).inputValue()).toBe('Still here');
  });

  it('does not do for the next person what the one before asked for', async () => {
    page = await openConsole(browser, relay, '/tenants');
    await pause(page);
    await page.getByRole('button', { name: 'New tenant' }).click();
    await page.getByRole('textbox', { name: 'Id', exact: true }).fill('of-the-one-before');
    const tries: string[] = [];
    page.on('request', (request) => {
      if (request.method() === 'POST' && request.url().endsWith('/api/tenants')) tries.push(request.url());
    });
    await endSessions();
    await page.getByRole('button', { name: 'Create tenant' }).click();
    await logInAgain(page, BEN);
    await page.getByRole('button', { name: 'BE: account' }).waitFor();
    await page.getByRole('button', { name: 'New tenant' }).waitFor();
    expect(tries).toHaveLength(1); // which was refused
    await expect((await ownerApi(relay))('/api/tenants/of-the-one-before')).rejects.toThrow('404');
  });

  it('goes on when the same person logs in again in another tab', async () => {
    page = await openConsole(browser, relay, '/playground');
    await pause(page);
    await page.getByRole('textbox', { name: 'User' }).fill('Still here');
    await endSessions();
    await page.getByRole('button', { name: 'Dry run' }).click();
    await page.getByRole('dialog', { name: 'Your session has ended' }).waitFor();
    const other = await page.context().newPage();
    await other.goto('/queues');
    await logIn(other, OWNER);
    await other.getByText('Slots by provider').waitFor();
    await page.bringToFront();
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange'))); // a headless page is never hidden
    await page.getByText('Rules evaluated').waitFor();
  });

  it('shows no more of what somebody may see no longer', async () => {
    page = await openConsole(browser, relay, '/queues', { person: BEN });
    await pause(page);
    await page.getByText('Slots by provider').waitFor();
    const api = await ownerApi(relay);
    const { data } = await api<{ data: { id: string; email: string }[] }>('/api/users');
    const ben = data.find(({ email }) => email === BEN.email)?.id;
    await api(`/api/users/${ben}`, { role: 'tenant-admin', tenant: TENANT.id }, 'PATCH');
    await page.keyboard.press('r');
    await page.getByText('Not for your role').first().waitFor();
    await page.getByText('Slots by provider').waitFor({ state: 'detached' });
  });

  it('logs out in all tabs', async () => {
    page = await openConsole(browser, relay, '/traces');
    const other = await page.context().newPage();
    await other.goto('/queues');
    await other.getByText('Slots by provider').waitFor();
    await logOut(page);
    await other.getByRole('heading', { name: 'Log in', exact: true }).waitFor();
    expect(await other.getByText('Slots by provider').count()).toBe(0);
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
