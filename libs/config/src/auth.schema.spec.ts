import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { authSchema } from './auth.schema';

const provider = { id: 'sso', name: 'SSO', issuer: 'https://sso.example', clientId: 'relay' };
const bearer = { issuer: 'https://sso.example', audience: 'llm' };

function problems(auth: object): string[] {
  const parsed = authSchema.safeParse(auth);
  return parsed.success ? [] : parsed.error.issues.map(({ path }) => path.join('.'));
}

describe('auth of relay.yaml', () => {
  it('lets nobody in by another’s word unless it is told to', () => {
    expect(authSchema.parse(undefined)).toEqual({ passwordLogin: true, oidc: [], jwt: [], bearer: [] });
    const parsed = authSchema.parse({ publicUrl: 'https://relay.example', oidc: [provider], bearer: [bearer] });
    expect(parsed).toMatchObject({ oidc: [{ defaultRole: null, roles: {} }], bearer: [{ tenantClaim: 'tenant' }] });
  });

  it.each(['http://sso.example', 'ftp://sso.example', 'sso.example', ''])('takes no issuer as %p', (issuer) => {
    expect(new Set(problems({ bearer: [{ ...bearer, issuer }] }))).toEqual(new Set(['bearer.0.issuer']));
    expect(new Set(problems({ jwt: [{ ...bearer, jwksUrl: issuer }] }))).toEqual(new Set(['jwt.0.jwksUrl']));
  });

  it.each(['https://sso.example/realms/a', 'http://127.0.0.1:8080', 'http://localhost:1', 'http://[::1]:1'])(
    'takes %s as an issuer',
    (issuer) => expect(problems({ bearer: [{ ...bearer, issuer }] })).toEqual([]),
  );

  it('wants to know where logins come back to, as an address without a path', () => {
    expect(problems({ oidc: [provider] })).toEqual(['publicUrl']);
    expect(problems({ oidc: [provider], publicUrl: 'https://relay.example/console' })).toEqual(['publicUrl']);
    expect(problems({ oidc: [provider], publicUrl: 'https://relay.example/' })).toEqual([]);
  });

  it('leaves a way to log in', () => {
    expect(problems({ passwordLogin: false })).toEqual(['passwordLogin']);
  });

  it('knows each provider and each issuer once', () => {
    const publicUrl = 'https://relay.example';
    expect(problems({ publicUrl, oidc: [provider, provider] })).toEqual(['oidc.1.id']);
    expect(problems({ jwt: [bearer, bearer] })).toEqual(['jwt.1.issuer']);
    expect(problems({ bearer: [bearer, bearer] })).toEqual(['bearer.1.issuer']);
  });

  it('refuses unknown roles, scopes and keys', () => {
    expect(problems({ jwt: [{ ...bearer, roles: { a: 'root' } }] })).toEqual(['jwt.0.roles.a']);
    expect(problems({ bearer: [{ ...bearer, scopes: { a: 'admin' } }] })).toEqual(['bearer.0.scopes.a']);
    expect(problems({ bearer: [{ ...bearer, audience: undefined }] })).toEqual(['bearer.0.audience']);
    expect(problems({ bearer: [{ ...bearer, alg: 'none' }] })).toEqual(['bearer.0']);
  });

  it('is as docs/sign-in.md shows it', () => {
    const text = readFileSync(path.resolve(__dirname, '../../../docs/sign-in.md'), 'utf8');
    const examples = [...text.matchAll(/^```yaml\n([^]*?)^```/gm)].map(
      ([, yaml = '']) => parse(yaml) as { auth: object },
    );
    expect(examples.length).toBeGreaterThan(3);
    for (const { auth } of examples) expect(problems(auth)).toEqual([]);
  });
});
