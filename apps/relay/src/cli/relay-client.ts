import { errorBodySchema, loginReplySchema } from '@relay/contracts';
import type { Command } from 'commander';
import { z } from 'zod';
import { CliError } from './cli-error';
import { reasonOf } from './terminal';

const DEFAULT_URL = 'http://127.0.0.1:4100';
const TIMEOUT_MS = 30_000; // of one call

export interface RemoteOptions {
  readonly url?: string;
  readonly email?: string;
  readonly password?: string;
}

/** The options of a command that asks a running relay. */
export function withRemote(command: Command): Command {
  return command
    .option('--url <url>', `the running relay (default: RELAY_URL, else ${DEFAULT_URL})`)
    .option('--email <email>', 'who logs in (default: RELAY_ADMIN_EMAIL)')
    .option(
      '--password <password>',
      'others can see it in the list of processes: better set RELAY_ADMIN_PASSWORD, or RELAY_TOKEN',
    );
}

/** The API of a running relay, logged in. */
export class RelayClient {
  private constructor(
    private readonly url: string,
    private readonly token: string | null,
  ) {}

  /** With a login if one is named, else with RELAY_TOKEN, else with the login of the environment. */
  static async connect({ url, email, password }: RemoteOptions): Promise<RelayClient> {
    const base = baseUrl(url ?? process.env['RELAY_URL'] ?? DEFAULT_URL);
    const token = process.env['RELAY_TOKEN'];
    if (token && email === undefined && password === undefined) return new RelayClient(base, token);
    const credentials = {
      email: email ?? process.env['RELAY_ADMIN_EMAIL'],
      password: password ?? process.env['RELAY_ADMIN_PASSWORD'],
    };
    if (!credentials.email || !credentials.password) {
      throw new CliError(
        'no login: set RELAY_ADMIN_EMAIL and RELAY_ADMIN_PASSWORD, or RELAY_TOKEN, or give --email and --password',
      );
    }
    const anonymous = new RelayClient(base, null);
    const { accessToken } = await anonymous.post('/api/auth/login', credentials, loginReplySchema);
    return new RelayClient(base, accessToken);
  }

  get<T>(route: string, schema: z.ZodType<T>): Promise<T> {
    return this.call('GET', route, undefined, schema);
  }

  post<T>(route: string, body: unknown, schema: z.ZodType<T>): Promise<T> {
    return this.call('POST', route, body, schema);
  }

  put<T>(route: string, body: unknown, schema: z.ZodType<T>): Promise<T> {
    return this.call('PUT', route, body, schema);
  }

  patch<T>(route: string, body: unknown, schema: z.ZodType<T>): Promise<T> {
    return this.call('PATCH', route, body, schema);
  }

  /** Where the reply has nothing to say. */
  async delete(route: string): Promise<void> {
    await this.call('DELETE', route, undefined, z.undefined());
  }

  /** The bytes of a reply that may go on for long. */
  async stream(route: string, headers: Readonly<Record<string, string>>): Promise<ReadableStream<Uint8Array>> {
    const login: Record<string, string> = this.token === null ? {} : { authorization: `Bearer ${this.token}` };
    const reply = await fetch(this.url + route, { headers: { ...headers, ...login } }).catch((error: unknown) => {
      throw this.unreachable(error);
    });
    if (!reply.ok || reply.body === null) throw this.refusal(reply.status, parseJson(await reply.text()));
    return reply.body;
  }

  private async call<T>(method: string, route: string, body: unknown, schema: z.ZodType<T>): Promise<T> {
    const { status, text } = await this.send(method, route, body);
    const parsed = parseJson(text);
    if (status < 200 || status > 299) throw this.refusal(status, parsed);
    const reply = schema.safeParse(parsed);
    if (!reply.success) throw new CliError(`${this.url} does not answer as a relay of this version does`);
    return reply.data;
  }

  private async send(method: string, route: string, body: unknown): Promise<{ status: number; text: string }> {
    try {
      const reply = await fetch(this.url + route, {
        method,
        headers: {
          ...(this.token === null ? {} : { authorization: `Bearer ${this.token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        body: body === undefined ? null : JSON.stringify(body),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      return { status: reply.status, text: await reply.text() };
    } catch (error) {
      throw this.unreachable(error);
    }
  }

  private refusal(status: number, body: unknown): CliError {
    const refused = errorBodySchema.safeParse(body);
    return new CliError(refused.success ? refused.data.error.message : `${this.url} answered with status ${status}`);
  }

  private unreachable(error: unknown): CliError {
    const cause = error instanceof Error && error.cause ? error.cause : error;
    return new CliError(`cannot reach a relay at ${this.url}: ${reasonOf(cause)}`);
  }
}

function baseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !['http:', 'https:'].includes(url.protocol))
    throw new CliError(`"${text}" is no URL of a relay, such as ${DEFAULT_URL}`);
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
