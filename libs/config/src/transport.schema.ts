import { z } from 'zod';

const pem = z.string().min(1).max(1_048_576); // one certificate or more; `file:PATH` is resolved before

const HTTP = /^https?$/;
const HTTP_URL = 'a URL that begins with http:// or https://';

export const httpUrlSchema = z.url({ protocol: HTTP, error: HTTP_URL });

/** How an upstream is recognised, and how the relay shows who it is. */
export const clientTlsSchema = z.strictObject({
  ca: pem.optional(), // instead of the well-known authorities
  cert: pem.optional(), // the relay's own, where the server asks for one; with `key`
  key: pem.optional(),
  serverName: z.string().min(1).max(253).optional(), // the name in its certificate; default: the host of baseUrl
  insecureSkipVerify: z.boolean().default(false), // takes any certificate: whoever is in between reads keys and prompts
});

/** The relay's own certificate. */
export const serverTlsSchema = z.strictObject({
  cert: pem, // with the chain behind it
  key: pem,
  ca: pem.optional(), // then clients have to show a certificate that one of these signed
});

/** A proxy that takes CONNECT; `none` goes straight to the provider, whatever the environment says. */
export const proxySchema = z.union([z.literal('none'), z.url({ protocol: HTTP, error: `none, or ${HTTP_URL}` })]);

export type ClientTls = z.output<typeof clientTlsSchema>;
export type ServerTls = z.output<typeof serverTlsSchema>;
