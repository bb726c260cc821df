import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TraceDetail, TraceRow } from '@relay/contracts';
import { freePort, seedEmbedded } from '@relay/testing';
import OpenAI from 'openai';

const MAIN = path.resolve(__dirname, '../../../dist/apps/relay/src/main.js');
/** As the tests themselves have it: tools/jest/baseline-wasm.cjs. */
const V8_OPTIONS = ['--liftoff-only'];
const READY_TIMEOUT_MS = 60_000;
const POLL_MS = 50;
export const ADMIN_EMAIL = 'admin@relay.test';
export const ADMIN_PASSWORD = 'correct horse battery';

interface RelayOptions {
  /** relay.yaml as JSON (which is YAML); null starts without one, in a folder as empty as a first user's. */
  readonly config: object | null;
  readonly env?: NodeJS.ProcessEnv;
  /** A folder of an earlier start to go on with. */
  readonly folder?: string;
  /** Where it listens; default: a free port. */
  readonly port?: number;
  /** Texts to lie beside relay.yaml, by name. */
  readonly files?: Readonly<Record<string, string>>;
}

/** The built relay as a process of its own, on a free port of 127.0.0.1. */
export class RelayProcess {
  private output = '';

  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
    readonly folder: string,
  ) {
    const gather = (text: Buffer): void => void (this.output += text.toString());
    child.stdout?.on('data', gather);
    child.stderr?.on('data', gather);
  }

  static async start(options: RelayOptions): Promise<RelayProcess> {
    const relay = await RelayProcess.launch(options);
    await relay.ready();
    return relay;
  }

  /** Starts without waiting for readiness. */
  static async launch({ config, env = {}, folder, port: wanted, files = {} }: RelayOptions): Promise<RelayProcess> {
    const dir = folder ?? mkdtempSync(path.join(tmpdir(), 'relay-e2e-'));
    if (config && !folder && !env.DATABASE_URL) await seedEmbedded(path.join(dir, '.relay'));
    const port = wanted ?? (await freePort());
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(dir, name), text);
    if (config) writeFileSync(path.join(dir, 'relay.yaml'), JSON.stringify(config));
    const child = spawn(process.execPath, [...V8_OPTIONS, MAIN], {
      cwd: dir,
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        PORT: String(port),
        RELAY_LOG_LEVEL: 'warn',
        RELAY_ADMIN_EMAIL: ADMIN_EMAIL,
        RELAY_ADMIN_PASSWORD: ADMIN_PASSWORD,
        OLLAMA_HOST: 'http://127.0.0.1:1', // nothing of this machine may leak into a test
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new RelayProcess(child, `http://127.0.0.1:${port}`, dir);
  }

  get printed(): string {
    return this.output;
  }

  get exitCode(): number | null {
    return this.child.exitCode;
  }

  openai(apiKey: string): OpenAI {
    return new OpenAI({ apiKey, baseURL: `${this.url}/v1`, maxRetries: 0 });
  }

  async ready(): Promise<void> {
    const deadline = Date.now() + READY_TIMEOUT_MS;
    while (Date.now() < deadline) {
      if (this.child.exitCode !== null)
        throw new Error(`the relay exited with ${this.child.exitCode}:\n${this.output}`);
      if (await isReady(this.url)) return;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    throw new Error(`the relay was not ready in time:\n${this.output}`);
  }

  /** Waits for the process to end by itself; gives its exit code. */
  async exited(): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'exit');
    return this.child.exitCode;
  }

  /** Tells the process something that it goes on after. */
  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  async kill(signal: NodeJS.Signals): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.kill(signal);
    await exited;
  }

  /** Stops in order and removes what the start left behind. */
  async close(): Promise<void> {
    await this.kill('SIGTERM');
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A call with a key of the data plane, below the client library. */
  post(key: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`${this.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
    });
  }

  /** The same to another route: JSON, a form, or a body as it is. */
  postTo(route: string, key: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    const isRaw = typeof body === 'string' || body instanceof FormData;
    const type: Record<string, string> = isRaw ? {} : { 'content-type': 'application/json' };
    return fetch(`${this.url}${route}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, ...type, ...headers },
      body: isRaw ? body : JSON.stringify(body),
    });
  }

  async admin(): Promise<AdminClient> {
    const reply = await fetch(`${this.url}/api/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: ADMIN_EMAIL, password: ADMIN_PASSWORD }),
    });
    if (!reply.ok) throw new Error(`login failed with ${reply.status}: ${await reply.text()}`);
    const { accessToken } = (await reply.json()) as { accessToken: string };
    return new AdminClient(this.url, accessToken);
  }
}

/** Each takes 250 ms where the row is still on its way. */
const TRACE_LOOKS = 20;

/** The control plane, logged in. */
export class AdminClient {
  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  async request<T>(method: string, route: string, body?: unknown): Promise<T> {
    const reply = await fetch(`${this.url}${route}`, {
      method,
      headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!reply.ok) throw new Error(`${method} ${route}: ${reply.status} ${await reply.text()}`);
    return (await reply.json()) as T;
  }

  /** A reply as it is, perhaps one that goes on. */
  open(route: string, headers: Record<string, string> = {}, signal?: AbortSignal): Promise<Response> {
    return fetch(`${this.url}${route}`, {
      headers: { authorization: `Bearer ${this.token}`, ...headers },
      ...(signal !== undefined && { signal }),
    });
  }

  async traces(query = ''): Promise<TraceRow[]> {
    const rows: TraceRow[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: { data: TraceRow[]; nextCursor: string | null } = await this.request(
        'GET',
        `/api/traces?limit=200&${query}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`,
      );
      rows.push(...page.data);
      cursor = page.nextCursor;
    }
    return rows;
  }

  /** Asked again while it is not there: a relay waits for its own rows, but not for long. */
  async trace(id: string | null): Promise<TraceDetail> {
    if (id === null) throw new Error('the reply carried no trace id');
    for (let look = 1; look < TRACE_LOOKS; look++) {
      const reply = await this.open(`/api/traces/${id}`);
      if (reply.ok) return (await reply.json()) as TraceDetail;
      await reply.arrayBuffer();
      if (reply.status !== 404) break;
    }
    return this.request('GET', `/api/traces/${id}`);
  }
}

async function isReady(url: string): Promise<boolean> {
  try {
    const reply = await fetch(`${url}/health/ready`);
    await reply.arrayBuffer();
    return reply.status === 200;
  } catch {
    return false;
  }
}
