import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import OpenAI from 'openai';
import { chromium, type Browser, type BrowserContextOptions, type Locator, type Page } from 'playwright-core';
import { OWNER, relayUnderTest, TENANT, type RelayUnderTest } from './relay-under-test';

const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const AXE = readFileSync(createRequire(__filename).resolve('axe-core/axe.min.js'), 'utf8');
/** Well below Jest's own limit, so that a failure names the step that hung, in ms. */
const STEP_TIMEOUT_MS = 20_000;

const hasBrowser = existsSync(CHROMIUM);
const describeBrowser = hasBrowser ? describe : describe.skip;
if (!hasBrowser) process.stderr.write(`skipped: there is no browser at ${CHROMIUM} (CHROMIUM_PATH names another)\n`);

const HOSTILE = '<img src=x onerror="document.title=1">\u202Edlrow';
const PASSWORD = 'a password of these tests';
const ADMIN = { email: 'admin@acme.example', password: PASSWORD, role: 'tenant-admin', tenant: TENANT.id };
const VIEWER = { email: 'viewer@example.com', password: PASSWORD, role: 'viewer', tenant: null };

describeBrowser('administering the relay in the console', () => {
  let relay: RelayUnderTest;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    const args = ['--headless', '--no-sandbox', '--disable-gpu'];
    [relay, browser] = await Promise.all([relayUnderTest(), chromium.launch({ executablePath: CHROMIUM, args })]);
    const token = await tokenOf(OWNER);
    await post('/api/tenants', token, { id: 'hostile/one', name: HOSTILE, tags: [HOSTILE.slice(0, 60)] });
    await Promise.all([ADMIN, VIEWER].map((user) => post('/api/users', token, user)));
  }, 90_000);
  afterAll(() => Promise.all([browser?.close(), relay?.close()]));
  afterEach(() => page.context().close());

  it('makes a tenant and a key, with which the official client calls until it is revoked', async () => {
    await openAs(OWNER, '/tenants');
    await page.getByRole('button', { name: 'New tenant' }).click();
    await page.getByRole('textbox', { name: 'Id', exact: true }).fill('umbrella');
    await page.getByRole('button', { name: 'Create tenant' }).click();
    await page.getByRole('heading', { name: 'umbrella' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/tenants/umbrella');
    await page.getByRole('button', { name: 'New key' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('ci');
    await page.getByRole('button', { name: 'Create key' }).click();
    const key = await page.getByLabel('Key', { exact: true }).innerText();
    const client = new OpenAI({ apiKey: key, baseURL: `${relay.url}/v1`, maxRetries: 0 });
    const answer = await client.chat.completions.create({ model: 'auto', messages: [{ role: 'user', content: 'Hi' }] });
    expect(answer.choices[0]?.message.content).toBeTruthy();

    await page.getByRole('button', { name: 'I have kept it' }).click();
    expect(await page.content()).not.toContain(key);
    await page.getByRole('button', { name: 'What can be done with ci' }).click();
    await page.getByRole('menuitem', { name: 'Revoke…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('revoked', { exact: true }).waitFor();
    await expect(client.models.list()).rejects.toMatchObject({ status: 401 });
  });

  it('changes what a tenant is, which the audit log tells field by field', async () => {
    await openAs(OWNER, '/tenants/hostile%2Fone');
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByLabel('Tier').fill('gold');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('gold', { exact: true }).waitFor();
    await page.goto('/audit?action=tenant.update&target=hostile%2Fone');
    await page.getByRole('table', { name: 'Audit log' }).getByText('tenant.update').click();
    const change = page.getByRole('table', { name: 'What was changed' }).getByRole('row').last();
    expect((await change.innerText()).split(/\s+/)).toEqual(['tier', 'standard', 'gold']);
    const { entry = '' } = Object.fromEntries(new URL(page.url()).searchParams);
    await page.goto(`/audit?action=login&entry=${entry}`); // which the list does not have
    await page.getByRole('table', { name: 'What was changed' }).getByText('gold').waitFor();
  });

  it('shows hostile names as text', async () => {
    await openAs(OWNER, '/tenants?q=hostile');
    await page.getByRole('table', { name: 'Tenants' }).getByText('<img src=x').waitFor();
    await page.getByRole('link', { name: 'hostile/one' }).click();
    await page.getByText('<img src=x').first().waitFor();
    expect(await page.locator('main img').count()).toBe(0);
    await page.waitForFunction((title) => document.title === title, 'hostile/one · LLM Relay');
  });

  it('verifies the chain of the audit log', async () => {
    await openAs(OWNER, '/audit');
    await page.getByRole('button', { name: 'Verify the chain' }).click();
    await page.getByRole('button', { name: 'Verify', exact: true }).click();
    await page.getByText(/entries, all as they were written/).waitFor();
  });

  it('lets the last owner be nothing else, and says why', async () => {
    await openAs(OWNER, '/users');
    await page.getByRole('button', { name: `What can be done with ${OWNER.email}` }).click();
    await page.getByText('The last owner who can log in has to stay').waitFor();
    expect(await page.getByRole('menuitem', { name: 'Remove…' }).isDisabled()).toBe(true);
  });

  it('shows a tenant-admin the own tenant and no other', async () => {
    await openAs(ADMIN, '/tenants');
    await page.getByRole('heading', { name: TENANT.id }).waitFor();
    expect(await pagesInSight()).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/Users|Audit|System|Alerts/)]),
    );
    expect(await page.getByRole('button', { name: 'New key' }).isEnabled()).toBe(true);
    for (const [address, words] of [
      ['/tenants/hostile%2Fone', 'There is no such tenant'],
      ['/users', 'Not for your role'],
      ['/system', 'Not for your role'],
      ['/alerts', 'Not for your role'],
    ] as const) {
      const refused: string[] = [];
      page.on('response', (reply) => reply.status() === 403 && refused.push(reply.url()));
      await page.goto(address);
      await page.getByText(words).waitFor();
      expect(refused).toEqual([]); // what is not for the role is not asked for
    }
  });

  it('gives the first field of a dialog the focus, and afterwards what opened it, also from a menu', async () => {
    const focused = (what: Locator) => what.and(page.locator(':focus')).waitFor();
    await openAs(OWNER, '/users');
    const make = page.getByRole('button', { name: 'New user' });
    await make.press('Enter');
    await focused(page.getByRole('dialog').getByRole('textbox', { name: 'E-mail' }));
    await page.keyboard.press('Escape');
    await focused(make);
    const menu = page.getByRole('button', { name: `What can be done with ${VIEWER.email}` });
    await menu.press('Enter');
    await page.getByRole('menuitem', { name: 'Remove…' }).press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).press('Enter');
    await focused(menu);
    await page.goto('/audit');
    const verify = page.getByRole('button', { name: 'Verify the chain' });
    await verify.press('Enter');
    await focused(page.getByRole('textbox', { name: 'A hash that you kept' }));
    await page.keyboard.press('Escape');
    await focused(verify);
  });

  it('shows a viewer everything but users and the audit log, and lets it change nothing', async () => {
    await openAs(VIEWER, '/tenants/hostile%2Fone');
    const button = page.getByRole('button', { name: 'New key' });
    expect(await button.isDisabled()).toBe(true);
    expect(await button.getAttribute('title')).toMatch(/Your role, viewer, cannot do this/);
    expect(await page.getByRole('button', { name: 'Edit' }).isDisabled()).toBe(true);
    expect(await pagesInSight()).toEqual(expect.arrayContaining(['Alerts', 'System']));
    expect(await pagesInSight()).not.toContain('Users & roles');
    await page.goto('/system');
    expect(await page.getByRole('button', { name: 'Reload relay.yaml' }).isDisabled()).toBe(true);
  });

  it('makes a rule, switches it off, and reads relay.yaml again', async () => {
    await openAs(OWNER, '/alerts?tab=rules');
    await page.getByRole('button', { name: 'New rule' }).click();
    await page.getByRole('textbox', { name: 'Id', exact: true }).fill('too-slow');
    await page.getByRole('button', { name: 'Create rule' }).click();
    const on = page.getByRole('switch', { name: 'too-slow is on' });
    await on.click({ force: true });
    await page.getByRole('switch', { name: 'too-slow is on', checked: false }).waitFor();
    await page.goto('/system');
    await page.getByRole('button', { name: 'Reload relay.yaml' }).click();
    await page.getByText('Reloaded: what relay.yaml says is in force').waitFor();
  });

  it('changes the own password, and goes on', async () => {
    await openAs(VIEWER, '/account');
    await page.getByLabel('Present password').fill(PASSWORD);
    await page.getByLabel('New password', { exact: true }).fill(`${PASSWORD}!`);
    await page.getByLabel('New password again').fill(`${PASSWORD}!`);
    await page.getByRole('button', { name: 'Change the password' }).click();
    await page.getByText('Your password was changed').waitFor();
    VIEWER.password = `${PASSWORD}!`;
    await page.reload();
    await page.getByRole('heading', { name: 'Account' }).waitFor();
  });

  it('offers login providers, hides passwords where they are off, and says what went wrong', async () => {
    await open('/');
    const methods = { password: false, oidc: [{ id: 'sso', name: HOSTILE, startUrl: '/api/auth/oidc/sso/start' }] };
    await page.route('**/api/auth/methods', (route) => route.fulfill({ json: methods }));
    await page.goto('/login?error=not_allowed');
    const button = page.getByRole('link', { name: /^Log in with <img/ });
    expect(await button.getAttribute('href')).toBe('/api/auth/oidc/sso/start?returnTo=%2F');
    await page.getByText('You have no access here').waitFor();
    expect(await page.getByLabel('Password').count()).toBe(0);
  });

  it('has no serious finding of axe, one page light and the next dark', async () => {
    const complaints: string[] = [];
    await openAs(OWNER, '/account', { colorScheme: 'light' }, complaints);
    const addresses = ['/account', '/tenants', `/tenants/${TENANT.id}`, '/users', '/audit', '/system', '/alerts'];
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

  interface Credentials {
    readonly email: string;
    readonly password: string;
  }

  async function open(address: string, options: BrowserContextOptions = {}): Promise<void> {
    const context = await browser.newContext({ baseURL: relay.url, ...options });
    context.setDefaultTimeout(STEP_TIMEOUT_MS);
    page = await context.newPage();
    await page.goto(address);
  }

  async function openAs(
    user: Credentials,
    address: string,
    options?: BrowserContextOptions,
    complaints: string[] = [],
  ): Promise<void> {
    await open(address, options);
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', (error) => void complaints.push(error.message));
    await page.getByLabel('E-mail').fill(user.email);
    await page.getByLabel('Password').first().fill(user.password);
    await page.getByRole('button', { name: 'Log in', exact: true }).click();
    await page.getByRole('navigation', { name: 'Pages' }).waitFor();
    await page.locator('main h1').first().waitFor();
  }

  const pagesInSight = (): Promise<string[]> =>
    page.getByRole('navigation', { name: 'Pages' }).locator('.nav-label').allInnerTexts();

  async function tokenOf({ email, password }: Credentials): Promise<string> {
    const { accessToken } = (await post('/api/auth/login', null, { email, password })) as { accessToken: string };
    return accessToken;
  }

  async function post(path: string, token: string | null, body: unknown): Promise<unknown> {
    const reply = await fetch(relay.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token === null ? {} : { authorization: `Bearer ${token}` }) },
      body: JSON.stringify(body),
    });
    if (!reply.ok) throw new Error(`${path} answered ${reply.status}: ${await reply.text()}`);
    return reply.json();
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
