import type { Browser, Page } from 'playwright-core';
import type { components } from '../src/api/generated/schema';
import { ask, describeInBrowser, launchBrowser, openConsole, ownerApi } from './console-driver';
import { relayUnderTest, TENANT, type RelayUnderTest } from './relay-under-test';

type Schemas = components['schemas'];

/** The simulator costs nothing by itself. */
const PRICED = `
providers:
  - { id: sim, kind: simulator }
models:
  - { id: priced, tier: basic, targets: [{ provider: sim, model: priced }], price: { inputPerMTok: 3, outputPerMTok: 15 } }
`;
const OTHER = 'other-tenant';
/** Traces are stored in batches, a moment after the reply; so often they are looked for, in ms. */
const POLL_MS = 200;

describeInBrowser('cost, budgets and the cache', () => {
  let relay: RelayUnderTest;
  let browser: Browser;
  let page: Page;
  let api: Awaited<ReturnType<typeof ownerApi>>;
  let otherKey: string;

  beforeAll(async () => {
    [relay, browser] = await Promise.all([relayUnderTest(PRICED), launchBrowser()]);
    api = await ownerApi(relay);
    await api('/api/tenants', { id: OTHER, name: 'Another tenant' });
    const { key } = await api<{ key: string }>(`/api/tenants/${OTHER}/keys`, { name: 'ci' });
    otherKey = key;
    await Promise.all(['one', 'two', 'three'].map((text) => ask(relay, `Count to ${text}`)));
    await ask(relay, 'Who pays for this?', { authorization: `Bearer ${otherKey}` });
    await usageOf(4);
  }, 90_000);
  afterAll(() => Promise.all([browser?.close(), relay?.close()]));
  afterEach(() => page.context().close());

  it('shows of each tenant exactly what the usage says', async () => {
    const usage = await usageOf(4);
    page = await openConsole(browser, relay, '/cost');
    const table = page.getByRole('table', { name: 'Cost by tenant' });
    await table.waitFor();
    for (const { key, costUsd } of usage.data) {
      expect(Number(costUsd)).toBeGreaterThan(0);
      const row = table.getByRole('row').filter({ has: page.getByText(key ?? '', { exact: true }) });
      await row.getByTitle(`${costUsd} USD`, { exact: true }).waitFor();
    }
    expect(usage.data.map(({ key }) => key).sort()).toEqual([TENANT.id, OTHER].sort());
    await page.locator('.cost-fact').first().getByTitle(`${usage.total.costUsd} USD`).waitFor();
  });

  it('narrows to a tenant that is opened, keeps that in the address, and saves it as CSV', async () => {
    page = await openConsole(browser, relay, '/cost');
    await page.getByRole('table', { name: 'Cost by tenant' }).getByText(TENANT.id, { exact: true }).click();
    await page.getByRole('table', { name: 'Cost by model asked for' }).waitFor();
    expect(new URL(page.url()).search).toMatch(/tenant=acme.*by=model/);
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'CSV' }).click(),
    ]);
    expect(file.suggestedFilename()).toBe('usage-by-model.csv');
    await page.getByRole('link', { name: 'The dearest traces of these' }).click();
    await page.getByRole('table', { name: 'Traces' }).getByRole('cell').first().waitFor();
    expect(new URL(page.url()).search).toMatch(/sort=dearest.*tenant=acme/);
  });

  it('is narrowed on a phone as well: tenant, time range and Live are in its menu', async () => {
    page = await openConsole(browser, relay, '/cost', { viewport: { width: 390, height: 844 } });
    await page.getByRole('button', { name: 'Pages' }).click();
    const menu = page.getByRole('navigation', { name: 'Pages' });
    await menu.getByRole('combobox', { name: 'Tenant' }).click();
    await page.getByRole('option', { name: OTHER }).click();
    await page.waitForURL(new RegExp(`tenant=${OTHER}`));
    await menu.getByRole('button', { name: 'Live' }).click();
    await menu.getByRole('button', { name: 'Paused' }).waitFor();
    await menu.getByRole('button', { name: /^Last/ }).waitFor();
  });

  it('removes an entry of the cache, and the next such request is asked anew', async () => {
    const again = 'What is asked twice?';
    await ask(relay, again);
    const hit = await ask(relay, again);
    expect(hit.headers.get('x-relay-cache')).toMatch(/^exact/);
    const entry = hit.headers.get('x-relay-cache-entry') ?? '';
    page = await openConsole(browser, relay, '/cache?tab=entries&kind=exact');
    await page.getByRole('table', { name: 'Entries' }).getByText(entry).click();
    const drawer = page.getByRole('dialog', { name: 'Cache entry' });
    await drawer.getByRole('link', { name: /^trace / }).waitFor();
    await drawer.getByRole('button', { name: 'Remove…' }).click();
    await page.getByRole('dialog', { name: 'Remove this entry' }).getByRole('button', { name: 'Remove' }).click();
    await drawer.waitFor({ state: 'detached' });
    expect((await ask(relay, again)).headers.get('x-relay-cache')).toBe('miss');
  });

  it('tells who was served from an entry, and counts what an invalidation takes before it does', async () => {
    const question = 'Who is <b>served</b> twice?';
    await ask(relay, question);
    const entry = (await ask(relay, question)).headers.get('x-relay-cache-entry') ?? '';
    page = await openConsole(browser, relay, `/cache?tab=entries&kind=exact&entry=${entry}`);
    const drawer = page.getByRole('dialog', { name: 'Cache entry' });
    await drawer.getByText(question, { exact: true }).waitFor();
    await drawer.getByRole('button', { name: 'Wrong hit…' }).click();
    const wrong = page.getByRole('dialog', { name: 'The answer of this entry is wrong' });
    await wrong.getByRole('button', { name: 'Take it back' }).click();
    await drawer.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Invalidate…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Invalidate the cache' });
    await dialog.getByLabel('Model', { exact: true }).fill('no such model');
    await dialog.getByText('everything').waitFor({ state: 'detached' });
    await dialog.getByLabel('Model', { exact: true }).fill('');
    const counted = (await dialog.getByText(/^everything \d+$/).textContent()) ?? '';
    await dialog.getByLabel(/^Type/).fill(counted);
    await dialog.getByRole('button', { name: 'Invalidate' }).click();
    const list = page.getByRole('list', { name: 'Invalidations' });
    const newest = list.getByRole('listitem').first();
    await newest.getByText('done').waitFor();
    const count = counted.replace('everything ', '');
    expect(await newest.textContent()).toMatch(
      new RegExp(`^everything.*[^\\d]${count}( of ${count})? copies removed$`),
    );
  });

  it('shows how alike questions were once they are looked up', async () => {
    page = await openConsole(browser, relay, '/cache?tab=similarity');
    await page.getByText('Nobody was looked up by meaning').waitFor();
    const semantic = { mode: 'static', threshold: 0.5 };
    const document = { name: 'tested', version: 2, defaults: { payloadLogging: true, cache: { semantic } } };
    const { name, version } = await api<Schemas['PolicyVersion']>('/api/policies/versions', { document });
    await api(`/api/policies/versions/${name}@${version}/publish`, {});
    await ask(relay, 'What is looked up by meaning?');
    await page.context().close();
    page = await openConsole(browser, relay, '/cache?tab=similarity');
    await page.getByRole('heading', { name: 'How alike questions were: cosine' }).waitFor();
    await page.getByRole('slider').fill('0.7');
    await page.getByText('If the threshold were 0.70').waitFor();
  });

  it('makes a budget, which is crossed, stops requests, and is told of on the overview', async () => {
    page = await openConsole(browser, relay, `/tenants/${OTHER}`);
    await page.getByRole('link', { name: 'New budget' }).click();
    const dialog = page.getByRole('dialog', { name: 'New budget' });
    await dialog.getByLabel('Limit in USD').and(page.locator(':focus')).waitFor(); // whose it is, is known
    await dialog.getByLabel('Limit in USD').fill('0.000001');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('listitem', { name: OTHER }).getByText('used up').waitFor();
    await untilRefused();
    await page.getByRole('link', { name: 'Overview', exact: true }).click();
    await page.getByText(`${OTHER} has used up`).waitFor();
  });

  it('tells how good answers were once somebody says so, and holds them against those before', async () => {
    page = await openConsole(browser, relay, '/evaluations?by=servedModel');
    await page.getByText('Nobody has said how good the answers were').waitFor();
    const judged = await ask(relay, 'Was this any good?');
    const body = JSON.stringify({ trace_id: judged.headers.get('x-relay-trace-id'), score: 1 });
    const headers = { authorization: `Bearer ${TENANT.key}`, 'content-type': 'application/json' };
    expect((await fetch(`${relay.url}/v1/feedback`, { method: 'POST', headers, body })).status).toBe(200);
    await page.reload();
    const row = page.getByRole('table', { name: 'Evaluations by model that served' }).getByRole('row').nth(1);
    await row.getByText('1.00', { exact: true }).waitFor();
    await row.click();
    const drawer = page.getByRole('dialog', { name: 'Compare by model that served' });
    await drawer.getByText('Before and after').click();
    await drawer.getByRole('region', { name: 'Comparison' }).getByText('too few to tell').first().waitFor();
    expect(new URL(page.url()).search).toMatch(/by=servedModel.*a=priced.*moment=/);
  });

  async function usageOf(requests: number): Promise<Schemas['Usage']> {
    for (;;) {
      const usage = await api<Schemas['Usage']>('/api/usage?groupBy=tenant');
      if (usage.total.requests >= requests) return usage;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  /** Budgets hold in every process within two seconds; each request is another, so that the cache has none of them. */
  async function untilRefused(): Promise<void> {
    for (let at = 0; ; at++) {
      const { status } = await ask(relay, `One more, ${at}`, { authorization: `Bearer ${otherKey}` });
      if (status === 402) return;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
});
