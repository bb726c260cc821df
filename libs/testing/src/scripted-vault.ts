import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Token {
  expiresAt: number; // by the clock of the server; Infinity: never
  readonly renewable: boolean;
}

type Reply = readonly [status: number, body: object | null];

/**
 * A server that speaks the HTTP API of HashiCorp Vault as far as the relay uses it: KV version 2, AppRole and Kubernetes logins, tokens
 * that end. `now` is its clock, moved by the test. Statuses and bodies as in Vault's API documentation.
 */
export class ScriptedVault {
  /** Method and path of each request, in order. */
  readonly asked: string[] = [];
  /** By mount and path, e.g. `secret/openai`; null: its newest version was deleted. */
  readonly secrets = new Map<string, Record<string, unknown> | null>();
  readonly denied = new Set<string>();
  readonly approles = new Map<string, string>(); // secret id by role id
  readonly pods = new Map<string, string>(); // role by token
  namespace: string | null = null;
  sealed = false;
  hangs = false;
  renews = true;
  leaseSeconds = 3_600;
  now = 0; // s
  logins = 0;
  renewals = 0;
  private readonly tokens = new Map<string, Token>();
  private readonly held = new Set<ServerResponse>();

  private constructor(private readonly server: Server) {
    server.on('request', (message: IncomingMessage, response: ServerResponse) => void this.serve(message, response));
  }

  static async start(): Promise<ScriptedVault> {
    const vault = new ScriptedVault(createServer());
    await once(vault.server.listen(0, '127.0.0.1'), 'listening');
    return vault;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** A token as an administrator would hand it out. */
  grant(token: string, seconds = Infinity, renewable = false): string {
    this.tokens.set(token, { expiresAt: this.now + seconds, renewable });
    return token;
  }

  revokeAll(): void {
    this.tokens.clear();
  }

  async close(): Promise<void> {
    for (const response of this.held) response.destroy();
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of message) chunks.push(chunk as Buffer);
    const path = (message.url ?? '').replace(/^\/v1\//, '');
    this.asked.push(`${message.method} ${path}`);
    if (this.hangs) return void this.held.add(response);
    const body = chunks.length > 0 ? (JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>) : {};
    const [status, reply] = this.replyTo(message, path, body);
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(reply === null ? '' : JSON.stringify({ request_id: 'r', ...reply }));
  }

  private replyTo({ method, headers }: IncomingMessage, path: string, body: Record<string, unknown>): Reply {
    if (this.sealed) return [503, { errors: ['Vault is sealed'] }];
    if (headers['x-vault-request'] !== 'true') return [412, { errors: ['no X-Vault-Request'] }];
    if (this.namespace !== null && headers['x-vault-namespace'] !== this.namespace)
      return [404, { errors: ['no handler for route'] }];
    if (method === 'POST' && path === 'auth/approle/login') return this.approle(body);
    if (method === 'POST' && path === 'auth/kubernetes/login') return this.kubernetes(body);
    const token = String(headers['x-vault-token'] ?? '');
    const held = this.tokens.get(token);
    if (!held || held.expiresAt <= this.now) return [403, { errors: ['permission denied'] }];
    if (path === 'auth/token/lookup-self') return [200, { data: this.lookup(held) }];
    if (method === 'POST' && path === 'auth/token/renew-self') return this.renew(token, held);
    return this.secret(path);
  }

  private approle({ role_id: role, secret_id: secret }: Record<string, unknown>): Reply {
    if (this.approles.get(String(role)) !== secret) return [400, { errors: ['invalid role or secret ID'] }];
    return this.loggedIn();
  }

  private kubernetes({ role, jwt }: Record<string, unknown>): Reply {
    if (this.pods.get(String(jwt)) !== role) return [403, { errors: ['permission denied'] }];
    return this.loggedIn();
  }

  private loggedIn(): Reply {
    const token = this.grant(`hvs.${++this.logins}`, this.leaseSeconds, true);
    return [200, { auth: { client_token: token, lease_duration: this.leaseSeconds, renewable: true } }];
  }

  private lookup({ expiresAt, renewable }: Token): object {
    return { ttl: expiresAt === Infinity ? 0 : Math.round(expiresAt - this.now), renewable };
  }

  private renew(token: string, held: Token): Reply {
    if (!this.renews) return [403, { errors: ['permission denied'] }];
    if (!held.renewable) return [400, { errors: ['lease is not renewable'] }];
    this.renewals++;
    held.expiresAt = this.now + this.leaseSeconds;
    return [200, { auth: { client_token: token, lease_duration: this.leaseSeconds, renewable: true } }];
  }

  private secret(path: string): Reply {
    const name = decodeURIComponent(path).replace('/data/', '/');
    if (this.denied.has(name)) return [403, { errors: ['1 error occurred:\n\t* permission denied\n\n'] }];
    const data = this.secrets.get(name);
    if (!path.includes('/data/') || data === undefined) return [404, { errors: [] }];
    const metadata = { version: 1, destroyed: false, deletion_time: data === null ? '2026-11-22T00:00:00Z' : '' };
    return [data === null ? 404 : 200, { data: { data, metadata } }];
  }
}
