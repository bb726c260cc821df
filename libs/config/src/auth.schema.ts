import { roleSchema } from '@relay/contracts';
import { z } from 'zod';
import { httpUrlSchema } from './transport.schema';

const MAX_ISSUERS = 16; // of each kind
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Whoever is in between could hand out keys of his own: plain HTTP only within the machine. */
const trustedUrlSchema = httpUrlSchema.refine(
  isTrusted,
  'a URL that begins with https:// (http:// on this machine only)',
);

/** The name of a claim; one that the token does not have as a whole is a path: `realm_access.roles`. */
const claimSchema = z.string().min(1).max(256);
const claimValueSchema = z.string().min(1).max(512);
const tenantIdSchema = z.string().min(1).max(128);
const audienceSchema = z.union([z.string().min(1).max(512), z.array(z.string().min(1).max(512)).min(1).max(16)]);

/** Which tenant a token speaks for. */
const tenantFields = {
  tenants: z.record(claimValueSchema, tenantIdSchema).optional(), // tenant by value of the claim; default: the value is the tenant's id
};

/** What somebody who comes with another's token may do in the control plane. */
const roleFields = {
  roleClaim: claimSchema.optional(), // a text or a list of them
  roles: z.record(claimValueSchema, roleSchema).default({}), // role by value of the claim; of several the first of owner, operator, viewer, tenant-admin
  defaultRole: roleSchema.nullable().default(null), // where no value matches; null: refused
  tenantClaim: claimSchema.optional(), // of a tenant-admin
  ...tenantFields,
};

const oidcProviderSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'small letters, digits and "-", at most 32, as it stands in a URL'),
  name: z.string().min(1).max(64), // what the console shows
  issuer: trustedUrlSchema,
  clientId: z.string().min(1).max(256),
  clientSecret: z.string().min(1).max(4_096).optional(), // default: a public client, PKCE alone
  scopes: z.array(z.string().min(1).max(128)).min(1).max(32).default(['openid', 'profile', 'email']),
  emailClaim: claimSchema.default('email'),
  allowedDomains: z.array(z.string().min(1).max(253)).min(1).max(256).optional(), // of verified e-mail addresses; default: all
  ...roleFields,
});

const issuerFields = {
  issuer: trustedUrlSchema,
  audience: audienceSchema, // one of them has to be in the token
  jwksUrl: trustedUrlSchema.optional(), // default: what the issuer's /.well-known/openid-configuration names
};

const controlPlaneIssuerSchema = z.strictObject({
  ...issuerFields,
  emailClaim: claimSchema.default('email'), // how the audit log names the caller; default of its value: the subject
  ...roleFields,
});

const bearerIssuerSchema = z.strictObject({
  ...issuerFields,
  tenantClaim: claimSchema.default('tenant'),
  ...tenantFields,
  subjectClaim: claimSchema.default('sub'), // whom limits and traces count as one key
  scopeClaim: claimSchema.default('scope'), // a list, or a text with spaces
  scopes: z.record(claimValueSchema, z.enum(['inference', 'tenant:act-as'])).optional(), // by value of the claim; default: every token has inference
  modelsClaim: claimSchema.optional(), // a list of the models that it may use, of those of its tenant
});

/** Who may log in and call by what others say of them. */
export const authSchema = z
  .strictObject({
    publicUrl: trustedUrlSchema.optional(), // where browsers reach the console; what it is called is never taken from a request
    passwordLogin: z.boolean().default(true),
    oidc: z.array(oidcProviderSchema).max(MAX_ISSUERS).default([]),
    jwt: z.array(controlPlaneIssuerSchema).max(MAX_ISSUERS).default([]), // for /api
    bearer: z.array(bearerIssuerSchema).max(MAX_ISSUERS).default([]), // for /v1
  })
  .superRefine(({ publicUrl, passwordLogin, oidc, jwt, bearer }, context) => {
    const say = (path: PropertyKey[], message: string): void => context.addIssue({ code: 'custom', path, message });
    if (oidc.length > 0 && publicUrl === undefined)
      say(['publicUrl'], 'the address of the console, which logins come back to');
    if (oidc.length === 0 && !passwordLogin)
      say(['passwordLogin'], 'true, or a provider in auth.oidc: nobody could log in');
    if (publicUrl !== undefined && new URL(publicUrl).pathname !== '/') say(['publicUrl'], 'an address without a path');
    repeated(oidc.map(({ id }) => id)).forEach((i) => say(['oidc', i, 'id'], 'an id that no other provider has'));
    repeated(jwt.map(({ issuer }) => issuer)).forEach((i) =>
      say(['jwt', i, 'issuer'], 'an issuer that is not there yet'),
    );
    repeated(bearer.map(({ issuer }) => issuer)).forEach((i) =>
      say(['bearer', i, 'issuer'], 'an issuer that is not there yet'),
    );
  })
  .prefault({});

function isTrusted(url: string): boolean {
  if (!URL.canParse(url)) return true; // said already
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || LOOPBACK.has(hostname);
}

function repeated(values: readonly string[]): number[] {
  return values.flatMap((value, i) => (values.indexOf(value) < i ? [i] : []));
}

export type AuthConfig = z.output<typeof authSchema>;
export type OidcProviderConfig = AuthConfig['oidc'][number];
export type ControlPlaneIssuerConfig = AuthConfig['jwt'][number];
export type BearerIssuerConfig = AuthConfig['bearer'][number];
export type RoleMapping = Pick<OidcProviderConfig, keyof typeof roleFields>;
