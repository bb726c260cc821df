interface Cookie {
  readonly origin: string;
  readonly path: string;
  readonly name: string;
  readonly value: string;
}

interface Page {
  readonly url: string;
  readonly status: number;
  readonly text: string;
}

const MAX_REDIRECTS = 20;

/** As much of a browser as logins need: cookies by origin and path, and redirects. It goes no further than `stopAt` says. */
export class Browser {
  private cookies: Cookie[] = [];

  /** Follows redirects up to the first address that `stopAt` is true of, which is not opened. */
  async open(url: string, stopAt: (url: string) => boolean = () => false, form?: URLSearchParams): Promise<Page> {
    let [next, body] = [url, form];
    for (let i = 0; i < MAX_REDIRECTS; i++) {
      if (stopAt(next)) return { url: next, status: 0, text: '' };
      const reply = await this.request(next, body);
      const location = reply.headers.get('location');
      if (location === null) return { url: next, status: reply.status, text: await reply.text() };
      await reply.arrayBuffer();
      [next, body] = [new URL(location, next).href, undefined];
    }
    throw new Error(`too many redirects, the last to ${next}`);
  }

  /** The cookies that a request to this address would carry. */
  cookieHeader(url: string): string {
    const { origin, pathname } = new URL(url);
    const sent = this.cookies.filter((cookie) => cookie.origin === origin && pathname.startsWith(cookie.path));
    return sent.map(({ name, value }) => `${name}=${value}`).join('; ');
  }

  private async request(url: string, form?: URLSearchParams): Promise<Response> {
    const cookie = this.cookieHeader(url);
    const reply = await fetch(url, {
      redirect: 'manual',
      headers: cookie === '' ? {} : { cookie },
      ...(form && { method: 'POST', body: form }),
    });
    for (const line of reply.headers.getSetCookie()) this.keep(new URL(url), line);
    return reply;
  }

  private keep({ origin }: URL, line: string): void {
    const [pair = '', ...attributes] = line.split(/; */);
    const [name, value] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
    const path = attributes.find((attribute) => /^path=/i.test(attribute))?.slice(5) ?? '/';
    this.cookies = this.cookies.filter(
      (cookie) => cookie.origin !== origin || cookie.name !== name || cookie.path !== path,
    );
    if (value !== '' && !attributes.some((attribute) => /^max-age=0$/i.test(attribute)))
      this.cookies.push({ origin, path, name, value });
  }
}

/** Logs in and consents at the provider's own pages; ends at the first address that `stopAt` is true of. */
export async function passProvider(
  browser: Browser,
  start: string,
  login: string,
  stopAt: (url: string) => boolean,
): Promise<string> {
  let page = await browser.open(start, stopAt);
  while (page.status === 200) {
    const action = /<form[^>]* action="([^"]+)"/.exec(page.text)?.[1];
    if (action === undefined) break;
    const prompt = page.text.includes('value="login"') ? 'login' : 'consent';
    const form = new URLSearchParams({ prompt, ...(prompt === 'login' && { login, password: 'any' }) });
    page = await browser.open(new URL(action, page.url).href, stopAt, form);
  }
  if (page.status !== 0)
    throw new Error(`the login ended at ${page.url} with ${page.status}: ${page.text.slice(0, 500)}`);
  return page.url;
}
