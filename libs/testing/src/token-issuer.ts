import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT, type JWK } from 'jose';

type Pair = Awaited<ReturnType<typeof generateKeyPair>>;

const FLOOD_CHARS = 1_000_000;

interface Signing {
  readonly kid?: string;
  readonly alg?: string;
}

/** An identity provider as far as tokens go: keys over HTTP, and real signatures. */
export class TokenIssuer {
  private readonly pairs = new Map<string, Pair & { alg: string }>();
  private published: JWK[] = [];
  /** How often its keys were asked for. */
  fetches = 0;
  /** What it answers in place of its keys. */
  outage: 'none' | 'error' | 'garbage' | 'flood' | 'redirect' | 'silence' = 'none';

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<TokenIssuer> {
    const server = createServer((request, response) => issuer.answer(request.url ?? '', response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const issuer = new TokenIssuer(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    await issuer.addKey('first');
    return issuer;
  }

  get jwksUrl(): string {
    return `${this.url}/keys`;
  }

  async addKey(kid: string, alg = 'RS256', isPublished = true): Promise<void> {
    const pair = await generateKeyPair(alg, { extractable: true });
    this.pairs.set(kid, { ...pair, alg });
    if (isPublished) this.published.push({ ...(await exportJWK(pair.publicKey)), kid, alg, use: 'sig' });
  }

  withdraw(kid: string): void {
    this.published = this.published.filter((key) => key.kid !== kid);
  }

  publicKey(kid = 'first'): JWK {
    const found = this.published.find((key) => key.kid === kid);
    if (!found) throw new Error(`there is no key ${kid}`);
    return found;
  }

  /** A signed token; claims that are undefined are left out. */
  sign(claims: JWTPayload, { kid = 'first', alg }: Signing = {}): Promise<string> {
    const pair = this.pairs.get(kid);
    if (!pair) throw new Error(`there is no key ${kid}`);
    return new SignJWT({ iss: this.url, ...claims })
      .setProtectedHeader({ alg: alg ?? pair.alg, kid, typ: 'JWT' })
      .sign(pair.privateKey);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private answer(path: string, response: ServerResponse): void {
    if (path === '/keys') this.fetches += 1;
    if (this.outage === 'silence') return;
    if (this.outage === 'error') return void response.writeHead(503).end();
    if (this.outage === 'flood') return void response.end(`{"keys":[],"more":"${'x'.repeat(FLOOD_CHARS)}"}`);
    if (this.outage === 'redirect') return void response.writeHead(302, { location: '/elsewhere' }).end();
    if (this.outage === 'garbage') return void response.end('<html>');
    if (path === '/keys') return void response.end(JSON.stringify({ keys: this.published }));
    if (path !== '/.well-known/openid-configuration') return void response.writeHead(404).end();
    response.end(JSON.stringify({ issuer: this.url, jwks_uri: this.jwksUrl }));
  }
}
