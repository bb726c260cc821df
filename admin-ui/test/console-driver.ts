import { existsSync } from 'node:fs';
import { chromium, type Browser, type BrowserContextOptions, type Locator, type Page } from 'playwright-core';
import { OWNER, TENANT, type RelayUnderTest } from './relay-under-test';

const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
/** Well below Jest's own limit, so that a failure names the step that hung, in ms. */
const STEP_TIMEOUT_MS = 20_000;

const hasBrowser = existsSync(CHROMIUM);
if (!hasBrowser) process.stderr.write(`skipped: there is no browser at ${CHROMIUM} (CHROMIUM_PATH names another)\n`);

/** Skips, and says so, where there is no browser. */
export const describeInBrowser = hasBrowser ? describe : describe.skip;

export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: CHROMIUM, args: ['--headless', '--no-sandbox', '--disable-gpu'] });

interface Person {
  readonly email: string;
  readonly password: string;
}

/** A browser window with the console in it, and somebody logged in. */
export async function openConsole(
  browser: Browser,
  relay: RelayUnderTest,
  address: string,
  { person = OWNER, ...options }: BrowserContextOptions & { readonly person?: Person } = {},
): Promise<Page> {
  const context = await browser.newContext({ baseURL: relay.url, ...options });
  context.setDefaultTimeout(STEP_TIMEOUT_MS);
  const page = await context.newPage();
  await page.goto(address);
  await logIn(page, person);
  await page.locator('.shell-main h1').first().waitFor();
  return page;
}

/** With the form of the front door, or of the dialog over a page. */
export async function logIn(form: Page | Locator, { email, password }: Person): Promise<void> {
  await form.getByLabel('E-mail').fill(email);
  await form.getByLabel('Password').first().fill(password);
  await form.getByRole('button', { name: 'Log in', exact: true }).click();
}

/** The API as the owner uses it: a body is posted, unless another method is named. */
export async function ownerApi({ url }: RelayUnderTest) {
  const login = await fetch(`${url}/api/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(OWNER),
  });
  const { accessToken } = (await login.json()) as { accessToken: string };
  const headers = { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' };
  return async <Answer>(path: string, body?: unknown, method = 'POST'): Promise<Answer> => {
    const how = body === undefined ? {} : { method, body: JSON.stringify(body) };
    const reply = await fetch(`${url}${path}`, { headers, ...how });
    if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`);
    return (reply.status === 204 ? undefined : await reply.json()) as Answer;
  };
}

/** A request as an app makes it. */
export function ask({ url }: RelayUnderTest, content: string, more: Record<string, string> = {}): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TENANT.key}`, 'content-type': 'application/json', ...more },
    body: JSON.stringify({ model: 'auto', messages: [{ role: 'user', content }] }),
  });
}
