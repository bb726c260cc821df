/** A relay's answer; a status alone, or one with a body. `null` is silence. */
export type FakeReply = { readonly status: number; readonly body?: unknown; readonly headers?: HeadersInit } | null;
export type Answer = (request: Request) => FakeReply | Promise<FakeReply | Response> | Response;

const ORIGIN = 'http://relay.test';

/**
 * What the console's modules without a page ask of a browser: storage, `window` as a target of events, and a `fetch` whose other
 * end is the test. Tabs share what is in `local`.
 */
export class FakeBrowser {
  readonly local = new Map<string, string>();
  readonly tab = new Map<string, string>();
  readonly window = new EventTarget();
  readonly asked: string[] = []; // path, or path and token
  answer: Answer = () => null;

  install(): void {
    define('localStorage', storageOf(this.local));
    define('sessionStorage', storageOf(this.tab));
    define('window', this.window);
    define('navigator', {});
    define('fetch', (input: Request | string, options?: RequestInit) => this.fetch(input, options));
  }

  switchOffStorage(): void {
    const refuse = (): never => {
      throw new Error('SecurityError');
    };
    for (const name of ['localStorage', 'sessionStorage'])
      Object.defineProperty(globalThis, name, { get: refuse, configurable: true });
  }

  /** Another tab has written to the storage that all share. */
  storedElsewhere(key: string, newValue: string | null): void {
    this.window.dispatchEvent(Object.assign(new Event('storage'), { key, newValue }));
  }

  private async fetch(input: Request | string, options?: RequestInit): Promise<Response> {
    const request = typeof input === 'string' ? new Request(ORIGIN + input, options) : input;
    const token = request.headers.get('authorization')?.replace('Bearer ', '');
    this.asked.push([new URL(request.url).pathname, token].filter(Boolean).join(' '));
    const reply = await this.answer(request);
    if (reply === null) throw new TypeError('Failed to fetch');
    if (reply instanceof Response) return reply;
    const { status, body, headers = {} } = reply;
    return new Response(body === undefined ? null : JSON.stringify(body), { status, headers });
  }
}

export const request = (path: string): Request => new Request(ORIGIN + path);

function storageOf(kept: Map<string, string>): Storage {
  return {
    get length() {
      return kept.size;
    },
    key: (at) => [...kept.keys()][at] ?? null,
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, value) => void kept.set(name, value),
    removeItem: (name) => void kept.delete(name),
    clear: () => kept.clear(),
  };
}

const define = (name: string, value: unknown): unknown =>
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
