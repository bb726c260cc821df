import { saySkipped } from '@relay/testing';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { RelayError } from '@relay/core';
import type { INestApplicationContext } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type AuthContext, startAuth, startAuthOn } from '../test/auth-context';
import { ApiKeyAuthenticator } from './api-key-authenticator';
import { CredentialsFile } from './credentials-file';
import { bootstrapIdentity, type Identity } from './identity-bootstrap';
import { LoginService } from './login.service';

const databaseUrl = process.env.TEST_DATABASE_URL ?? '';
const describePostgres = databaseUrl ? describe : describe.skip;
if (!databaseUrl) saySkipped('identity on PostgreSQL, because TEST_DATABASE_URL is not set');

async function canLogIn(app: INestApplicationContext, email: string, password: string | null): Promise<boolean> {
  return (await app.get(LoginService).login({ email, password: password ?? '' }, '127.0.0.1')).ok;
}

async function tenantOf(app: INestApplicationContext, key: string | null): Promise<string> {
  const verdict = await app.get(ApiKeyAuthenticator).authenticate(`Bearer ${key}`, undefined);
  return verdict instanceof RelayError ? verdict.code : verdict.tenant.id;
}

describePostgres('the first start', () => {
  let context: AuthContext;
  beforeEach(async () => {
    context = await startAuth(databaseUrl);
  });
  afterEach(() => context.close());

  /** A further start on the same database and data folder. */
  async function startAgain(
    environment: Record<string, string> = {},
  ): Promise<{ app: INestApplicationContext; identity: Identity }> {
    const { app } = await startAuthOn(context.databaseUrl, context.dataDir, { environment });
    return { app, identity: await bootstrapIdentity(app) };
  }

  it('makes an owner and an API key that work', async () => {
    const identity = await bootstrapIdentity(context.app);
    expect(identity).toMatchObject({ adminEmail: 'admin@relay.local', tenant: 'default' });
    expect(await canLogIn(context.app, identity.adminEmail, identity.adminPassword)).toBe(true);
    expect(await tenantOf(context.app, identity.apiKey)).toBe('default');
  });

  it('is told again by the second, which makes nothing new', async () => {
    const first = await bootstrapIdentity(context.app);
    const second = await startAgain();
    expect(second.identity).toEqual(first);
    expect(await second.app.get(DataSource).query('select count(*)::int as n from api_keys')).toEqual([{ n: 1 }]);
    await second.app.close();
  });

  it('keeps what it made up where only its owner can read it', async () => {
    const { apiKey, adminPassword } = await bootstrapIdentity(context.app);
    const file = path.join(context.dataDir, 'credentials.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      apiKey,
      adminPassword,
      jwtSecret: expect.any(String),
    });
  });

  it('stores no secret in the database', async () => {
    const { apiKey, adminPassword } = await bootstrapIdentity(context.app);
    const rows: unknown = await context.app
      .get(DataSource)
      .query('select to_jsonb(u) as row from users u union all select to_jsonb(k) from api_keys k');
    expect(JSON.stringify(rows)).not.toContain(String(adminPassword));
    expect(JSON.stringify(rows)).not.toContain(String(apiKey));
  });

  it('that crashed between writing the secrets down and storing them is finished by the next', async () => {
    const first = await bootstrapIdentity(context.app);
    await context.app.get(DataSource).query('truncate users, tenants cascade');
    const second = await startAgain();
    expect(second.identity).toEqual(first);
    expect(await canLogIn(second.app, first.adminEmail, first.adminPassword)).toBe(true);
    expect(await tenantOf(second.app, first.apiKey)).toBe('default');
    await second.app.close();
  });

  it('on an empty data folder claims to know no password and no key of an older database', async () => {
    await bootstrapIdentity(context.app);
    rmSync(path.join(context.dataDir, 'credentials.json'));
    const second = await startAgain();
    expect(second.identity).toMatchObject({ adminPassword: null, apiKey: null });
    await second.app.close();
  });

  it('takes the password of the environment, also when it changes', async () => {
    const one = await startAgain({ RELAY_ADMIN_PASSWORD: 'password one' });
    expect(one.identity.adminPassword).toBeNull();
    expect(await canLogIn(one.app, 'admin@relay.local', 'password one')).toBe(true);
    const two = await startAgain({ RELAY_ADMIN_PASSWORD: 'password two' });
    expect(await canLogIn(two.app, 'admin@relay.local', 'password one')).toBe(false);
    expect(await canLogIn(two.app, 'admin@relay.local', 'password two')).toBe(true);
    await Promise.all([one.app.close(), two.app.close()]);
  });

  it('makes no tenant and no key when relay.yaml names tenants', async () => {
    const config = { tenants: [{ id: 'acme', keys: [{ name: 'ci', value: 'acme-key-1' }] }] };
    const { app } = await startAuthOn(context.databaseUrl, context.dataDir, { config });
    expect(await bootstrapIdentity(app)).toMatchObject({ tenant: 'acme', apiKey: null });
    expect(await app.get(DataSource).query('select id from tenants')).toEqual([]);
    await app.close();
  });
});

describe('the credentials file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'relay-credentials-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('gives every reader the same secret, whoever made the file', () => {
    const dataDir = path.join(folder, 'new', 'folder');
    const secret = new CredentialsFile(dataDir).read().jwtSecret;
    expect(secret).toHaveLength(43);
    expect(new CredentialsFile(dataDir).read().jwtSecret).toBe(secret);
  });

  it('that cannot be understood stops the start and is left as it is', () => {
    const file = new CredentialsFile(folder);
    writeFileSync(file.path, '{"jwtSecret":"sh');
    expect(() => file.read()).toThrow(file.path);
    expect(existsSync(file.path)).toBe(true);
  });
});
