import type { Clock } from '@relay/core';
import { Logger } from '@nestjs/common';
import { createLocalJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import { fetchJson } from './fetch-json';

/** Keys that are older are fetched anew beside the request that finds it out, ms. */
export const KEYS_FRESH_MS = 600_000;
/** A key that nobody knows makes the relay look again, at most so often, ms: names of keys cost nothing to make up. */
export const UNKNOWN_KEY_COOLDOWN_MS = 30_000;
/** While an issuer is away its last keys go on for so long, ms. */
export const KEYS_STALE_MS = 86_400_000;
const RETRY_MS = 1_000; // between two looks while it is away
const MAX_KEYS = 100;

const keysSchema = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).max(MAX_KEYS) });
const configurationSchema = z.object({ issuer: z.string(), jwks_uri: z.url({ protocol: /^https?$/ }) });

/** The issuer's keys cannot be had, so nothing can be said of the token. */
export class KeysAwayError extends Error {
  override readonly name = 'KeysAwayError';
}

export interface KeySource {
  readonly issuer: string;
  readonly jwksUrl?: string | undefined; // default: what the issuer's configuration names
}

/** The public keys of one issuer, remembered. Those that were fetched go on while it is away. */
export class IssuerKeys {
  private readonly logger = new Logger(IssuerKeys.name);
  private keys: JWTVerifyGetKey | null = null;
  private loadedAt = Number.NEGATIVE_INFINITY; // monotonic, ms
  private triedAt = Number.NEGATIVE_INFINITY;
  private loading: Promise<void> | null = null;
  private away = false;

  constructor(
    private readonly source: KeySource,
    private readonly clock: Clock,
  ) {}

  /** The key that a token names. Rejects with `KeysAwayError`, or with what jose says of tokens that fit no key. */
  readonly find: JWTVerifyGetKey = async (header, token) => {
    const keys = await this.current();
    try {
      return await keys(header, token);
    } catch (unknown) {
      if (!(unknown instanceof errors.JWKSNoMatchingKey)) throw unknown;
      await this.lookAgain(unknown);
      return (await this.current())(header, token);
    }
  };

  private async current(): Promise<JWTVerifyGetKey> {
    const age = this.age(this.loadedAt);
    if (this.keys && age < KEYS_STALE_MS) {
      if (age >= KEYS_FRESH_MS && this.age(this.triedAt) >= UNKNOWN_KEY_COOLDOWN_MS) void this.load();
      return this.keys;
    }
    if (this.loading || this.age(this.triedAt) >= RETRY_MS) await this.load();
    if (this.keys === null || this.age(this.loadedAt) >= KEYS_STALE_MS) throw new KeysAwayError();
    return this.keys;
  }

  private async lookAgain(unknown: Error): Promise<void> {
    if (this.loading || this.age(this.triedAt) >= UNKNOWN_KEY_COOLDOWN_MS) await this.load();
    else if (!this.away) throw unknown;
    if (this.away) throw new KeysAwayError();
  }

  /** One look at a time; never rejects. */
  private load(): Promise<void> {
    this.loading ??= this.fetch().finally(() => (this.loading = null));
    return this.loading;
  }

  private async fetch(): Promise<void> {
    this.triedAt = this.clock.monotonic();
    try {
      const found = keysSchema.parse(await fetchJson(this.source.jwksUrl ?? (await this.discover())));
      this.keys = createLocalJWKSet(found);
      this.loadedAt = this.clock.monotonic();
      if (this.away) this.logger.log(`the keys of ${this.source.issuer} can be read again`);
      this.away = false;
    } catch (cause) {
      if (!this.away) this.logger.warn(`the keys of ${this.source.issuer} cannot be read: ${String(cause)}`);
      this.away = true;
    }
  }

  private async discover(): Promise<string> {
    const { issuer } = this.source;
    const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const configuration = configurationSchema.parse(await fetchJson(url));
    if (configuration.issuer !== issuer) throw new Error(`${url} is that of another issuer`);
    if (issuer.startsWith('https:') && !configuration.jwks_uri.startsWith('https:'))
      throw new Error(`${url} names keys at an address without TLS`);
    return configuration.jwks_uri;
  }

  private age(since: number): number {
    return this.clock.monotonic() - since;
  }
}
