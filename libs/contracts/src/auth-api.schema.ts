import { z } from 'zod';
import { createUserSchema } from './user-api.schema';

export const loginMethodsSchema = z
  .object({
    password: z.boolean(),
    oidc: z.array(z.object({ id: z.string(), name: z.string(), startUrl: z.string() })), // startUrl: a path to send the browser to
  })
  .meta({ id: 'LoginMethods' });

export const jsonWebKeySchema = z.looseObject({ kty: z.string(), kid: z.string(), alg: z.string(), use: z.string() });
export const jsonWebKeySetSchema = z.object({ keys: z.array(jsonWebKeySchema) }).meta({ id: 'JsonWebKeySet' });

/** Where a login with a provider shall end: a path of the console. */
export const oidcStartQuerySchema = z.strictObject({ returnTo: z.string().max(1_024).optional() });

/** Why a login with a provider failed, as the console finds it in /login?error=. */
export const loginErrorSchema = z.enum([
  'access_denied', // the user or the provider said no
  'login_expired', // it was not begun here, or took too long
  'provider_unavailable',
  'provider_refused', // the code or the tokens were not right
  'email_unverified', // the address belongs to a user, or a domain is asked for, and the provider has not verified it
  'not_allowed', // no role, no such tenant, another domain, or disabled
  'too_many_attempts',
]);

export const changePasswordSchema = z
  .strictObject({ current: z.string().min(1).max(1_024), new: createUserSchema.shape.password })
  .meta({ id: 'ChangePassword' });

export type LoginMethods = z.infer<typeof loginMethodsSchema>;
export type JsonWebKey = z.infer<typeof jsonWebKeySchema>;
export type JsonWebKeySet = z.infer<typeof jsonWebKeySetSchema>;
export type OidcStartQuery = z.infer<typeof oidcStartQuerySchema>;
export type LoginError = z.infer<typeof loginErrorSchema>;
export type ChangePassword = z.infer<typeof changePasswordSchema>;
