import { randomBytes } from 'node:crypto';
import { ConfigStore, ENVIRONMENT, type Environment } from '@relay/config';
import { CLOCK, type Clock } from '@relay/core';
import { Inject, Injectable, Logger, type INestApplicationContext } from '@nestjs/common';
import { ApiKeyService, generateApiKey } from './api-key.service';
import { CredentialsFile } from './credentials-file';
import { PasswordHasher } from './password-hasher';
import { RefreshTokenRepository } from './persistence/refresh-token.repository';
import { TenantService } from './tenant.service';
import { UserService } from './user.service';

const DEFAULT_TENANT = 'default';
const FIRST_KEY_NAME = 'first';
const PASSWORD_BYTES = 18; // 24 characters

/** Who can log in and call after the start; `null` where the relay does not know the secret, or was given it. */
export interface Identity {
  readonly adminEmail: string;
  readonly adminPassword: string | null;
  readonly apiKey: string | null;
  /** The tenant of the key, else the first of relay.yaml. */
  readonly tenant: string;
}

/**
 * Makes a fresh relay usable: an owner and, if relay.yaml names no tenant, a tenant with an API key. What is generated is
 * written to the credentials file first and stored second, so that a crash in between loses nothing.
 */
@Injectable()
export class IdentityBootstrap {
  private readonly logger = new Logger(IdentityBootstrap.name);

  constructor(
    private readonly users: UserService,
    private readonly hasher: PasswordHasher,
    private readonly refreshTokens: RefreshTokenRepository,
    private readonly tenants: TenantService,
    private readonly keys: ApiKeyService,
    private readonly file: CredentialsFile,
    private readonly config: ConfigStore,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async run(): Promise<Identity> {
    const given = this.environment.RELAY_ADMIN_PASSWORD;
    const adminPassword = given === undefined ? await this.ensureOwner() : await this.ensureGivenOwner(given);
    const adminEmail = this.environment.RELAY_ADMIN_EMAIL;
    const first = this.config.current.tenants[0];
    if (first) return { adminEmail, adminPassword, apiKey: null, tenant: first.id };
    return { adminEmail, adminPassword, apiKey: await this.ensureFirstKey(), tenant: DEFAULT_TENANT };
  }

  /** The password of the environment is made to work, also when the user has another one. */
  private async ensureGivenOwner(password: string): Promise<null> {
    const existing = await this.users.findCredentials(this.environment.RELAY_ADMIN_EMAIL);
    if (!existing) {
      await this.createOwner(password);
    } else if (!(await this.hasher.verify(existing.passwordHash, password))) {
      await this.users.setPassword(existing.user.id, password);
      await this.refreshTokens.revokeAllOf(existing.user.id, new Date(this.clock.now()));
      this.logger.warn(`the password of ${existing.user.email} was set to RELAY_ADMIN_PASSWORD`);
    }
    return null;
  }

  /** The generated password, as long as it still is the owner's. */
  private async ensureOwner(): Promise<string | null> {
    const email = this.environment.RELAY_ADMIN_EMAIL;
    const kept = this.file.read();
    const keptPassword = kept.adminEmail === email ? kept.adminPassword : undefined;
    const existing = await this.users.findCredentials(email);
    if (existing) {
      const valid = keptPassword !== undefined && (await this.hasher.verify(existing.passwordHash, keptPassword));
      return valid ? keptPassword : null;
    }
    const password = keptPassword ?? randomBytes(PASSWORD_BYTES).toString('base64url');
    this.file.update({ adminEmail: email, adminPassword: password });
    return (await this.createOwner(password)) ? password : null;
  }

  /** Whether the owner was created here; another process may have been faster. */
  private async createOwner(password: string): Promise<boolean> {
    const email = this.environment.RELAY_ADMIN_EMAIL;
    const created = await this.users.create({ email, password, role: 'owner', tenant: null });
    return created.ok;
  }

  private async ensureFirstKey(): Promise<string | null> {
    await this.ensureDefaultTenant();
    const kept = this.file.read().apiKey;
    if (await this.keys.everHadKey(DEFAULT_TENANT)) {
      return kept !== undefined && (await this.keys.isLive(kept)) ? kept : null;
    }
    const key = kept ?? generateApiKey();
    this.file.update({ apiKey: key });
    await this.keys.create(DEFAULT_TENANT, { name: FIRST_KEY_NAME, scopes: ['inference'], expiresAt: null }, null, key);
    return key;
  }

  private async ensureDefaultTenant(): Promise<void> {
    await this.tenants.create({
      id: DEFAULT_TENANT,
      weight: 1,
      tier: 'standard',
      tags: [],
      models: null,
      limits: {},
    }); // a conflict says that it exists
  }
}

/** Runs the bootstrap of an application that imports AuthModule; the database must be migrated. */
export function bootstrapIdentity(app: INestApplicationContext): Promise<Identity> {
  return app.get(IdentityBootstrap, { strict: false }).run();
}
