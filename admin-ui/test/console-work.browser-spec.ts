import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { OWNER, relayUnderTest, TENANT, type RelayUnderTest } from './relay-under-test';

const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const AXE = readFileSync(createRequire(__filename).resolve('axe-core/axe.min.js'), 'utf8');
/** Well below Jest's own limit, so that a failure names the step that hung, in ms. */
const STEP_TIMEOUT_MS = 20_000;
/** Traces are stored in batches, a moment after the reply; so often they are looked for, in ms. */
const POLL_MS = 200;

const hasBrowser = existsSync(CHROMIUM);
const describeBrowser = hasBrowser ? describe : describe.skip;
if (!hasBrowser) process.stderr.write(`skipped: there is no browser at ${CHROMIUM} (CHROMIUM_PATH names another)\n`);

const HOSTILE = '<img src=x onerror="document.title=1"><script>document.title=2</script>\u202Edlrow';

describeBrowser('working with the console', () => {
  let relay: RelayUnderTest;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    const args = ['--headless', '--no-sandbox', '--disable-gpu'];
    [relay, browser] = await Promise.all([relayUnderTest(), chromium.launch({ executablePath: CHROMIUM, args })]);
    await ask('What is the capital of Australia?');
    await ask('What is the capital of Australia?');
    await ask(HOSTILE);
    await stored(3);
  }, 90_000);
  afterAll(() => Promise.all([browser?.close(), relay?.close()]));
  afterEach(() => page.context().close());

  it('asks for a login at any address, and then shows what was asked for', async () => {
    await open('/traces?status=ok');
    await logIn();
    await page.getByRole('heading', { name: 'Traces' }).waitFor();
    expect(new URL(page.url()).search).toContain('status=ok');
  });

  it('says no to a wrong password, in words', async () => {
    await open('/');
    await page.getByLabel('E-mail').fill(OWNER.email);
    await page.getByLabel('Password').first().fill('not the password');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('alert').waitFor();
  });

  it('keeps the token out of reach: neither storage nor a readable cookie has it', async () => {
    await openLoggedIn('/');
    const kept = await page.evaluate(() =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]),
    );
    expect(kept).not.toMatch(/eyJ|relay_refresh/);
  });

  it('resumes the session after a reload', async () => {
    await openLoggedIn('/');
    await page.reload();
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
  });

  it('asks again over the page when the session has ended, and loses nothing', async () => {
    await openLoggedIn('/traces');
    await page.getByLabel('Search request id').fill('australia');
    await page.route('**/api/auth/refresh', (route) => route.fulfill({ status: 401, json: {} }));
    const traces = '**/api/traces?**';
    await page.route(traces, (route) => route.fulfill({ status: 401, json: {} }));
    const again = page.getByRole('dialog', { name: 'Your session has ended' });
    await Promise.race([page.getByRole('button', { name: 'Refresh' }).click(), again.waitFor()]); // a look of its own may come first
    await again.getByLabel('Password').first().fill(OWNER.password);
    await page.unroute(traces);
    await again.getByRole('button', { name: 'Log in' }).click();
    await again.waitFor({ state: 'detached' });
    expect(await page.getByLabel('Search request id').inputValue()).toBe('australia');
  });

  it('finds the trace of a hit and tells where its answer came from', async () => {
    await openLoggedIn('/traces');
    await page.getByRole('button', { name: 'Cached', exact: true }).click();
    await rows().nth(1).waitFor({ state: 'detached' }); // the rows of before stay in sight until those of the view are there
    await rows().first().click();
    await page.getByRole('tab', { name: 'Cache' }).click();
    await page.getByText('The same request was answered before').waitFor();
    await page
      .getByRole('link', { name: /^[0-9a-f-]{36}$/ })
      .last()
      .click();
    await page.getByRole('tab', { name: 'Decision' }).click();
    await page.getByText('Rules evaluated').waitFor();
  });

  it('is used by keyboard: J and Enter open a row, numbers change the tab, Escape closes', async () => {
    await openLoggedIn('/traces');
    await rows().first().waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.getByRole('region', { name: 'Trace', exact: true }).waitFor();
    await page.getByRole('tab', { name: 'Waterfall', selected: true }).waitFor();
    await page.keyboard.press('3');
    await page.getByRole('tab', { name: 'Messages', selected: true }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('region', { name: 'Trace', exact: true }).waitFor({ state: 'detached' });
    expect(await page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('row'); // where it was opened
    await page.getByRole('link', { name: 'Cache', exact: true }).focus();
    await page.keyboard.press('Enter'); // is the link's, though a row is marked
    await page.getByRole('heading', { name: 'Cache', level: 1 }).waitFor();
  });

  it('keeps the tenant of the header when a view is chosen and when all filters are taken away', async () => {
    await openLoggedIn(`/traces?tenant=${TENANT.id}&cache=miss`);
    await rows().first().waitFor();
    await page.getByRole('button', { name: 'Errors', exact: true }).click();
    await page.waitForURL(/status=error/);
    expect(new URL(page.url()).searchParams.get('tenant')).toBe(TENANT.id);
    await page.getByRole('button', { name: 'Clear all' }).click();
    await page.waitForURL((url) => !url.searchParams.has('status'));
    expect(new URL(page.url()).searchParams.get('tenant')).toBe(TENANT.id);
    expect(await page.getByRole('button', { name: 'All', exact: true }).getAttribute('aria-pressed')).toBe('true');
  });

  it('tells figures of all that match, and of the whole window, as the relay counts them', async () => {
    await openLoggedIn('/traces?cache=miss');
    await page.getByText(/^p95 \d/).waitFor();
    await page.getByRole('link', { name: 'Overview', exact: true }).click();
    await page.getByRole('link', { name: /Latency p95 \d.*p99 \d.*overhead p95 \d/ }).waitFor();
  });

  it('finds a tenant by what is typed into the header', async () => {
    await openLoggedIn('/traces');
    const picker = page.getByRole('combobox', { name: 'Tenant' });
    await picker.fill('nobody-is-called-so');
    await page.getByText('No such tenant').waitFor();
    await picker.fill(TENANT.id.toUpperCase());
    await page.getByRole('option', { name: TENANT.id }).click();
    await page.waitForURL(new RegExp(`tenant=${TENANT.id}`));
  });

  it('shows hostile text as text', async () => {
    await openLoggedIn('/traces?view=messages');
    await rows().first().click();
    await page.getByText('<img src=x onerror').first().waitFor();
    expect(await page.title()).toContain('LLM Relay');
    expect(await page.locator('main img').count()).toBe(0);
  });

  it('publishes a policy, which the next request keeps to', async () => {
    await openLoggedIn('/policies');
    const editor = page.getByRole('textbox', { name: 'Policy' });
    await editor.click();
    await page.keyboard.press('Control+a');
    await page.keyboard.insertText(
      'name: from-console\nversion: 1\nrules:\n- {id: nothing-kept, when: "true", then: {cache: {exact: {enabled: false}}}}\n',
    );
    await page.getByText('None', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Save draft' }).click();
    await page.getByRole('button', { name: 'Publish…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Note').fill('Keeps nothing');
    await dialog.getByRole('button', { name: 'Publish' }).click();
    await page.getByText(/is in force, from the database/).waitFor();
    const reply = await ask('What is the capital of Australia?');
    expect(reply.headers.get('x-relay-policy')).toMatch(/^from-console@/);
    expect(reply.headers.get('x-relay-cache')).toBe('bypass');
  });

  it('explains a request without making it', async () => {
    await openLoggedIn('/policies?tab=explain');
    await page.getByRole('button', { name: 'Explain' }).click();
    await page.getByText('Rules evaluated').waitFor();
  });

  it('has no serious finding of axe, one page light and the next dark, and keeps to the content security policy', async () => {
    const complaints: string[] = [];
    await openLoggedIn('/', { colorScheme: 'light' }, complaints);
    const addresses = [
      '/',
      '/traces',
      '/queues',
      '/providers',
      '/policies',
      '/cache',
      '/cost',
      '/evaluations',
      '/capacity',
    ];
    for (const [at, address] of addresses.entries()) {
      await page.emulateMedia({ colorScheme: at % 2 === 0 ? 'light' : 'dark' });
      await page.goto(address);
      await page.locator('main h1').first().waitFor();
      await page.waitForFunction(() => document.querySelector('.skeleton') === null);
      await page.evaluate(AXE); // evaluated, not added as a script: the policy allows none but the console's own
      expect([address, ...(await seriousFindings())]).toEqual([address]);
    }
    expect(complaints).toEqual([]);
  }, 60_000);

  async function open(address: string, options: BrowserContextOptions = {}): Promise<void> {
    const context = await browser.newContext({ baseURL: relay.url, ...options });
    context.setDefaultTimeout(STEP_TIMEOUT_MS);
    page = await context.newPage();
    await page.goto(address);
  }

  async function logIn(): Promise<void> {
    await page.getByLabel('E-mail').fill(OWNER.email);
    await page.getByLabel('Password').first().fill(OWNER.password);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('navigation', { name: 'Pages' }).waitFor();
  }

  async function openLoggedIn(
    address: string,
    options?: BrowserContextOptions,
    complaints: string[] = [],
  ): Promise<void> {
    await open(address, options);
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', (error) => void complaints.push(error.message));
    await logIn();
    await page.locator('main h1').first().waitFor();
  }

  const rows = () =>
    page
      .getByRole('table', { name: 'Traces' })
      .getByRole('row')
      .filter({ has: page.getByRole('cell') });

  function ask(content: string): Promise<Response> {
    return fetch(`${relay.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TENANT.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'auto', messages: [{ role: 'user', content }] }),
    });
  }

  async function stored(count: number): Promise<void> {
    const login = await fetch(`${relay.url}/api/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(OWNER),
    });
    const { accessToken } = (await login.json()) as { accessToken: string };
    const list = async (): Promise<number> => {
      const reply = await fetch(`${relay.url}/api/traces`, { headers: { authorization: `Bearer ${accessToken}` } });
      return ((await reply.json()) as { data: unknown[] }).data.length;
    };
    while ((await list()) < count) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }

  async function seriousFindings(): Promise<string[]> {
    return page.evaluate(async () => {
      interface Finding {
        id: string;
        impact: string | null;
        nodes: { target: unknown }[];
      }
      const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: Finding[] }> } };
      const { violations } = await axe.run();
      return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => String(target)).join(' | ')}`);
    });
  }
});
