import type { Browser, Page } from 'playwright-core';
import { ask, describeInBrowser, launchBrowser, openConsole, ownerApi } from './console-driver';
import { relayUnderTest, TENANT, type RelayUnderTest } from './relay-under-test';

/** Traces are stored in batches, a moment after the reply; so often they are looked for, in ms. */
const POLL_MS = 100;

interface Version {
  readonly name: string;
  readonly version: number;
  readonly source: string;
}

describeInBrowser('finding out why, and changing it', () => {
  let relay: RelayUnderTest;
  let browser: Browser;
  let page: Page;
  let api: Awaited<ReturnType<typeof ownerApi>>;
  let trace: string;

  beforeAll(async () => {
    [relay, browser] = await Promise.all([relayUnderTest(), launchBrowser()]);
    api = await ownerApi(relay);
    await ask(relay, 'What is the capital of Australia?');
    const reply = await ask(relay, 'Name a river.');
    trace = reply.headers.get('x-relay-trace-id') ?? '';
    while ((await api<{ data: unknown[] }>('/api/traces')).data.length < 2)
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }, 90_000);
  afterAll(() => Promise.all([browser?.close(), relay?.close()]));
  afterEach(() => page.context().close());

  it('finds the slowest trace by filters, reads why, and explains it anew', async () => {
    page = await openConsole(browser, relay, '/traces');
    await page.getByLabel('Streamed').selectOption('false');
    await page.getByRole('button', { name: 'Duration' }).click();
    await page.waitForURL(/sort=slowest/);
    await page
      .locator('.summary-line')
      .getByText(/traces/)
      .waitFor();
    await page.getByRole('row').nth(1).click();
    await page.getByRole('tab', { name: 'Decision' }).click();
    await page.getByText('Predicted against actual').waitFor();
    await page.getByRole('tab', { name: 'Explain' }).click();
    await page.getByText('tested@1 decides as tested@1 did then.').waitFor();
  });

  it('shows what was said of an answer, as text', async () => {
    const comment = '<img src=x onerror="document.title=1"> wrong river';
    const said = await fetch(`${relay.url}/v1/feedback`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TENANT.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ trace_id: trace, score: -1, comment }),
    });
    expect(said.ok).toBe(true);
    page = await openConsole(browser, relay, `/traces/${trace}?view=messages`);
    await page.getByRole('region', { name: 'Feedback' }).getByText(comment).waitFor();
    expect(await page.locator('main img').count()).toBe(0);
  });

  it('keeps views by name, and forgets them', async () => {
    page = await openConsole(browser, relay, '/traces?minMs=1&stream=false');
    await page.getByRole('button', { name: 'Save this view' }).click();
    await page.getByLabel('Name').fill('Not streamed');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('button', { name: 'All', exact: true }).click();
    await page.getByRole('button', { name: 'Not streamed', exact: true }).click();
    await page.waitForURL(/stream=false/);
    await page.getByRole('button', { name: 'Forget the view Not streamed' }).click();
    await page.getByRole('button', { name: 'Not streamed', exact: true }).waitFor({ state: 'detached' });
  });

  it('begins with the policy of the file, adds a rule in the form, tries it on the past, and publishes it', async () => {
    page = await openConsole(browser, relay, '/policies');
    await page.getByText('is in force, and the text below begins with it').waitFor();
    await page.getByRole('button', { name: 'Add a rule' }).click();
    await page.getByText('Form', { exact: true }).click();
    await page.getByLabel('Id').fill('nothing-kept');
    await page.getByLabel('When').fill('request.operation == "chat"');
    await write('Then, as YAML', 'cache:\n  exact: { enabled: false }');
    await page.getByText('None', { exact: true }).waitFor();
    await page.getByRole('tab', { name: 'Dry run' }).click();
    await page.getByRole('button', { name: 'Dry run', exact: true }).click();
    await page.getByText(/looked at: done/).waitFor();
    await page.getByRole('cell', { name: 'Exact cache' }).waitFor();
    await page.getByRole('tab', { name: 'Policy' }).click();
    await page.getByRole('button', { name: 'Save draft' }).click();
    await page.getByRole('button', { name: 'Publish…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('It takes the place of the whole policy of').waitFor();
    await dialog.getByLabel('Note').fill('Keeps nothing');
    await dialog.getByRole('button', { name: 'Publish' }).click();
    await page.getByText('tested@2 is in force, from the database').waitFor();
    const reply = await ask(relay, 'Name a river.');
    expect(reply.headers.get('x-relay-policy')).toBe('tested@2');
    expect(reply.headers.get('x-relay-cache')).toBe('bypass');
  });

  it('offers models and fields, in keeping with what is typed before', async () => {
    page = await openConsole(browser, relay, '/policies');
    await write('Policy', 'name: tested\nversion: 9\ndefaults:\n  route:\n    strategy: hyb');
    await page.getByRole('option', { name: /hybrid/ }).click();
    await page.getByRole('button', { name: 'Undo all' }).click();
  });

  it('tells when somebody else published meanwhile, shows what, and goes on when asked to', async () => {
    const before = await inForce();
    const mine = await api<Version>('/api/policies/versions', { source: before.source });
    const theirs = await api<Version>('/api/policies/versions', {
      source: before.source.replace('enabled: false', 'enabled: true'),
      note: 'Keeps again',
    });
    page = await openConsole(browser, relay, `/policies?version=${refOf(mine)}`);
    await page.getByRole('button', { name: 'Publish…' }).waitFor();
    await api(`/api/policies/versions/${refOf(theirs)}/publish`, {});
    await page.getByRole('button', { name: 'Publish…' }).click();
    const dialog = page.getByRole('dialog');
    const conflict = dialog.getByRole('alert');
    await conflict.getByText('Somebody published meanwhile.').waitFor();
    await conflict.getByText('Keeps again').waitFor();
    await conflict.getByRole('button', { name: 'See what they changed' }).press('Enter'); // what is found out meanwhile moves it
    await conflict.getByRole('region', { name: 'Difference' }).waitFor();
    await conflict.getByRole('button', { name: 'My draft has all that is wanted of it' }).press('Enter');
    await dialog.getByRole('button', { name: 'Publish' }).click();
    await page.getByText(`${refOf(mine)} is in force, from the database`).waitFor();
  });

  it('tries a version on a share first, shows how it fares, and promotes it', async () => {
    const { source } = await inForce();
    const draft = await api<Version>('/api/policies/versions', { source: `${source}\n# tried first\n` });
    page = await openConsole(browser, relay, `/policies?version=${refOf(draft)}`);
    await page.getByRole('button', { name: 'Publish…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('radio', { name: 'To a share first' }).press('Space'); // what is found out meanwhile moves it
    await dialog.getByLabel('Share, %').fill('50');
    await dialog.getByRole('button', { name: 'Begin' }).click();
    const card = page.getByRole('region', { name: `Canary ${refOf(draft)}` });
    await card.getByText('plans 50 % of the traffic').waitFor();
    const users = Array.from({ length: 20 }, (_value, i) => `user-${i}`);
    const replies = await Promise.all(users.map((user) => ask(relay, 'Name a river.', { 'x-relay-user': user })));
    const policies = new Set(replies.map(({ headers }) => headers.get('x-relay-policy')));
    expect(policies.size).toBe(2);
    expect(policies).toContain(refOf(draft));
    await page.getByRole('button', { name: 'Publish…' }).and(page.locator(':disabled')).waitFor();
    await card.getByRole('button', { name: 'Promote' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Promote' }).click();
    await page.getByText(`${refOf(draft)} is in force, from the database`).waitFor();
    await card.waitFor({ state: 'detached' });
  });

  it('rolls back to an earlier version, and gives the file its say again', async () => {
    page = await openConsole(browser, relay, '/policies?tab=versions');
    await page.getByRole('button', { name: 'Roll back to it' }).first().click();
    await page.getByRole('dialog').getByRole('button', { name: 'Roll back' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    const published = await api<Version>('/api/policies/versions/published');
    await page.getByText(`${refOf(published)} is in force, from the database`).waitFor(); // the rows have moved by then
    const rolledBack = await ask(relay, 'Name a river.');
    expect(published.source).toContain('enabled: true');
    expect(rolledBack.headers.get('x-relay-policy')).toBe(refOf(published));
    await page.getByRole('button', { name: 'Unpublish' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Unpublish' }).click();
    await page.getByText('tested@1 is in force, from').waitFor();
    expect((await ask(relay, 'Name a river.')).headers.get('x-relay-policy')).toBe('tested@1');
  });

  /** What is published; nothing is where a test is tried again after the last one: then a version that keeps nothing. */
  async function inForce(): Promise<Version> {
    const published = await api<Version>('/api/policies/versions/published').catch(() => null);
    if (published) return published;
    const rule = `{ id: nothing-kept, when: 'request.operation == "chat"', then: { cache: { exact: { enabled: false } } } }`;
    const source = `name: tested\nversion: 1\ndefaults:\n  payloadLogging: true\nrules:\n  - ${rule}\n`;
    const draft = await api<Version>('/api/policies/versions', { source });
    await api(`/api/policies/versions/${refOf(draft)}/publish`, {});
    return draft;
  }

  /** All of an editor anew, as it is typed. */
  async function write(label: string, text: string): Promise<void> {
    await page.getByRole('textbox', { name: label }).click();
    await page.keyboard.press('Control+a');
    await page.keyboard.insertText(text.slice(0, -1));
    await page.keyboard.type(text.slice(-1));
  }
});

const refOf = ({ name, version }: Version): string => `${name}@${version}`;
