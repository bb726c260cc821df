import { relayConfigSchema } from '@relay/config';
import { vouchedPerson } from './vouched-person';

const SSO = { id: 'sso', name: 'SSO', issuer: 'https://sso.example', clientId: 'relay', defaultRole: 'viewer' };

function told(claims: object, more: object = {}): unknown {
  const { auth } = relayConfigSchema.parse({
    auth: { publicUrl: 'https://relay.example', oidc: [{ ...SSO, ...more }] },
  });
  const person = vouchedPerson(auth.oidc[0]!, claims as Record<string, unknown>);
  return person.ok ? person.value : person.error;
}

describe('a person whom a provider vouches for', () => {
  it('is a subject, with an address that counts as verified only where the provider says so', () => {
    const person = { subject: 'x', email: 'ada@example.org', standing: { role: 'viewer', tenant: null } };
    const claims = { sub: 'x', email: 'Ada@Example.org' };
    expect(told({ ...claims, email_verified: true })).toMatchObject({ ...person, emailVerified: true });
    for (const verified of [false, 'true', 1, undefined])
      expect(told({ ...claims, email_verified: verified })).toMatchObject({ ...person, emailVerified: false });
  });

  it('has no verified address in another claim than the one that `email_verified` is about', () => {
    const claims = { sub: 'x', upn: 'ada@example.org', email: 'eve@example.org', email_verified: true };
    expect(told(claims, { emailClaim: 'upn' })).toMatchObject({ email: 'ada@example.org', emailVerified: false });
  });

  it('may have no address, but never one that is none', () => {
    for (const email of [undefined, '', 'ada', 'a b@example.org', 'ada@example.org\r\nx', 7, ['ada@example.org']])
      expect(told({ sub: 'x', email, email_verified: true })).toMatchObject({ email: null, emailVerified: false });
  });

  it('needs a subject', () => {
    for (const sub of [undefined, '', 7, 'x'.repeat(256)]) expect(told({ sub })).toBe('provider_refused');
  });

  it('belongs to a domain by the whole of what stands after the last @', () => {
    const of = (email: string, verified = true): unknown =>
      told({ sub: 'x', email, email_verified: verified }, { allowedDomains: ['acme.example'] });
    expect(of('ada@ACME.example')).toMatchObject({ email: 'ada@acme.example' });
    expect(of('ada@acme.example', false)).toBe('email_unverified');
    for (const email of [
      'ada@sub.acme.example',
      'ada@notacme.example',
      'acme.example',
      'ada@acme.example.evil.example',
    ])
      expect(of(email)).toBe('not_allowed');
  });
});
