import type { Browser, Page } from 'playwright-core';
import { ask, describeInBrowser, launchBrowser, openConsole, ownerApi } from './console-driver';
import { OWNER, relayUnderTest, TENANT, type RelayUnderTest } from './relay-under-test';

const VIEWER = { email: 'viewer@example.com', password: 'a password for looking only' };

interface Keys {
  readonly data: readonly {
    readonly name: string;
    readonly revokedAt: string | null;
    readonly expiresAt: string | null;
  }[];
}

describeInBrowser('the playground', () => {
  let relay: RelayUnderTest;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    [relay, browser] = await Promise.all([relayUnderTest(), launchBrowser()]);
    await ask(relay, 'Wake up'); // the first request loads what finds similar ones
  }, 90_000);
  afterAll(() => Promise.all([browser?.close(), relay?.close()]));
  afterEach(() => page.context().close());

  it('streams an answer, tells its plan, cost and waterfall, and leads to its trace', async () => {
    page = await openConsole(browser, relay, '/playground');
    await fillIn('Why is the sky blue?');
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.locator('.answer-head').getByText('Done').waitFor();
    expect(await page.getByRole('region', { name: 'Answer' }).innerText()).toContain('simulator');
    await page.getByRole('tab', { name: 'Plan' }).click();
    await page.getByText('Predicted against actual').waitFor();
    await page.getByRole('tab', { name: 'Waterfall' }).click();
    await page.getByText('First token after').waitFor();
    await page.getByRole('link', { name: 'Open trace' }).click();
    await page.getByRole('link', { name: 'Open in playground' }).waitFor();
  });

  it('keeps its key in memory only, for an hour, and gives it back at the logout', async () => {
    page = await openConsole(browser, relay, '/playground');
    await fillIn('Whose key is this?');
    const sent = page.waitForRequest('**/v1/chat/completions');
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    const key = (await (await sent).headerValue('authorization'))?.replace('Bearer ', '') ?? '';
    expect(key).toMatch(/^rk-/);
    await page.locator('.answer-head').getByText('Done').waitFor();
    const kept = await page.evaluate(() =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href]),
    );
    expect(kept).not.toContain(key.slice(3));
    const left = page.waitForResponse('**/api/auth/logout');
    await page.getByRole('button', { name: /account/i }).click();
    await page.getByRole('menuitem', { name: 'Log out' }).click();
    await left;
    const refused = await fetch(`${relay.url}/v1/models`, { headers: { authorization: `Bearer ${key}` } });
    expect(refused.status).toBe(401);
    const api = await ownerApi(relay);
    const made = (await api<Keys>(`/api/tenants/${TENANT.id}/keys`)).data.filter(({ name }) => name === 'playground');
    for (const { expiresAt } of made) expect(Date.parse(expiresAt ?? '')).toBeLessThan(Date.now() + 3_700_000);
  });

  it('compares two models, and two policies without calling anybody', async () => {
    page = await openConsole(browser, relay, '/playground?mode=models');
    await fillIn('Which of you is faster?');
    await page.getByRole('button', { name: 'Run both' }).click();
    await page.locator('.answer-head').getByText('Done').nth(1).waitFor();
    const table = page.getByRole('region', { name: 'Side by side' }).getByRole('table');
    await table.getByRole('row', { name: /^TTFT/ }).waitFor();

    await (
      await ownerApi(relay)
    )('/api/policies/versions', {
      source: 'name: slow\nversion: 1\ndefaults: { deadlineMs: 12345 }\n',
    });
    const calls: string[] = [];
    page.on('request', (request) => request.url().includes('/v1/chat') && calls.push(request.url()));
    await page.getByText('Two policies').click();
    await page.getByRole('button', { name: 'Refresh' }).click();
    await page.getByRole('combobox', { name: 'Policy B' }).click();
    await page.getByRole('option', { name: 'slow@1 · draft' }).click();
    await page.getByRole('button', { name: 'Compare the plans' }).click();
    await table.getByRole('row', { name: /^Deadline.*12\.\d+ s/ }).waitFor();
    expect(calls).toEqual([]);
  });

  it('is filled from a trace, and gives the request as code without a key', async () => {
    const id = (await ask(relay, 'Ask me again')).headers.get('x-relay-trace-id');
    const api = await ownerApi(relay);
    await until(() => api(`/api/traces/${id}`));
    page = await openConsole(browser, relay, `/playground?trace=${id}`);
    await page.getByText('Filled from a trace.').waitFor();
    expect(await page.getByRole('textbox', { name: 'User' }).inputValue()).toBe('Ask me again');
    await page.getByRole('button', { name: 'Copy as…' }).click();
    const code = await page.getByRole('region', { name: 'Code' }).innerText();
    expect(code).toContain('Ask me again');
    expect(code).toContain('$RELAY_API_KEY');
  });

  it('judges an answer where it is read, and asks the same again beside what it was', async () => {
    const id = (await ask(relay, 'Was that good?')).headers.get('x-relay-trace-id');
    const api = await ownerApi(relay);
    await until(() => api(`/api/traces/${id}`));
    page = await openConsole(browser, relay, `/traces/${id}?view=messages`);
    const feedback = page.getByRole('region', { name: 'Feedback' });
    await feedback.getByRole('textbox', { name: 'Why' }).fill('Not about the sky');
    await feedback.getByRole('button', { name: 'Bad answer' }).click();
    await feedback.getByText('Not about the sky').waitFor();
    const { feedback: said } = await api<{ feedback: unknown[] }>(`/api/traces/${id}`);
    expect(said).toMatchObject([{ score: -1, comment: 'Not about the sky', keyId: `console:${OWNER.email}` }]);

    await page.getByRole('link', { name: 'Replay' }).click();
    await page.getByRole('button', { name: 'Replay' }).click();
    await page.locator('.answer-head').getByText('Done').nth(1).waitFor();
    const table = page.getByRole('region', { name: 'Side by side' }).getByRole('table');
    await table.getByRole('row', { name: /^Time/ }).waitFor();
    const answers = await page.getByRole('region', { name: 'Answer' }).allInnerTexts();
    expect(answers).toHaveLength(2);
    expect(answers[1]).toBe(answers[0]); // the simulator says the same to the same
  });

  it('lets a viewer use a key that was given to them, and says why not more', async () => {
    await (
      await ownerApi(relay)
    )('/api/users', { ...VIEWER, role: 'viewer' });
    page = await openConsole(browser, relay, '/playground', { person: VIEWER });
    await fillIn('May I?');
    await page.getByText('Your role cannot make keys').waitFor();
    expect(await page.getByRole('button', { name: 'Dry run' }).getAttribute('title')).toContain('viewer');
    await page.getByRole('textbox', { name: 'Key' }).fill('rk-not-a-key');
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.getByRole('alert').getByText('invalid_api_key').waitFor();
    await page.getByRole('textbox', { name: 'Key' }).fill(TENANT.key);
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.locator('.answer-head').getByText('Done').waitFor();
  });

  const fillIn = (text: string): Promise<void> => page.getByRole('textbox', { name: 'User' }).fill(text);

  /** Traces are stored in batches, a moment after the reply. */
  async function until(look: () => Promise<unknown>): Promise<void> {
    while (!(await look().catch(() => null))) await new Promise((resolve) => setTimeout(resolve, 200));
  }
});
