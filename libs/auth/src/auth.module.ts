import { Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { PassportModule } from '@nestjs/passport';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ApiKeyAuthenticator } from './api-key-authenticator';
import { ApiKeyService } from './api-key.service';
import { AuditLog } from './audit/audit-log';
import { BearerTokens } from './bearer/bearer-tokens.service';
import { changeBusProvider } from './changes/create-change-bus';
import { IdentityChanges } from './changes/identity-changes';
import { ConfigTenants } from './config-tenants';
import { ACCESS_TOKEN_SECONDS, JWT_AUDIENCE, JWT_ISSUER } from './domain/access-token';
import { IdentityBootstrap } from './identity-bootstrap';
import { JwtAuthGuard } from './jwt-auth.guard';
import { JwtStrategy } from './jwt.strategy';
import { KeyDirectory } from './key-directory';
import { LastUsedRecorder } from './last-used-recorder';
import { LoginAudit } from './login-audit';
import { LoginService } from './login.service';
import { PasswordHasher } from './password-hasher';
import { FederatedUsers } from './oidc/federated-users.service';
import { LoginStates } from './oidc/login-state';
import { OidcClients } from './oidc/oidc-clients';
import { OidcLogin } from './oidc/oidc-login.service';
import { UserIdentities } from './oidc/user-identities';
import { ApiKeyEntity } from './persistence/api-key.entity';
import { RefreshTokenRepository } from './persistence/refresh-token.repository';
import { TenantEntity } from './persistence/tenant.entity';
import { UserEntity } from './persistence/user.entity';
import { Principals } from './principals.service';
import { RolesGuard } from './roles.guard';
import { TenantDirectory } from './tenant-directory';
import { TenantService } from './tenant.service';
import { ForeignUsers } from './tokens/foreign-users.service';
import { Sessions } from './tokens/sessions.service';
import { credentialsFileProvider, SIGNING_KEYS, type SigningKeys, signingKeysProvider } from './tokens/signing-keys';
import { UserAdministration } from './user-administration.service';
import { UserService } from './user.service';

@Module({
  providers: [credentialsFileProvider, signingKeysProvider],
  exports: [credentialsFileProvider, signingKeysProvider],
})
class SecretsModule {}

/** Wants ConfigStore, ENVIRONMENT, CLOCK and a TypeORM data source to be there globally. */
@Module({
  imports: [
    SecretsModule,
    PassportModule,
    TypeOrmModule.forFeature([TenantEntity, ApiKeyEntity, UserEntity]),
    JwtModule.registerAsync({
      imports: [SecretsModule],
      inject: [SIGNING_KEYS],
      useFactory: ({ signing: { algorithm, key, kid } }: SigningKeys) => ({
        ...(typeof key === 'string' ? { secret: key } : { privateKey: key.export({ type: 'pkcs8', format: 'pem' }) }),
        signOptions: {
          algorithm,
          ...(kid === undefined ? {} : { keyid: kid }),
          issuer: JWT_ISSUER,
          audience: JWT_AUDIENCE,
          expiresIn: ACCESS_TOKEN_SECONDS,
        },
      }),
    }),
  ],
  providers: [
    ApiKeyAuthenticator,
    ApiKeyService,
    AuditLog,
    BearerTokens,
    changeBusProvider,
    IdentityChanges,
    ConfigTenants,
    FederatedUsers,
    ForeignUsers,
    IdentityBootstrap,
    JwtAuthGuard,
    JwtStrategy,
    KeyDirectory,
    LastUsedRecorder,
    LoginAudit,
    LoginService,
    LoginStates,
    OidcClients,
    OidcLogin,
    PasswordHasher,
    Principals,
    RefreshTokenRepository,
    RolesGuard,
    Sessions,
    TenantDirectory,
    TenantService,
    UserAdministration,
    UserIdentities,
    UserService,
  ],
  exports: [
    ApiKeyAuthenticator,
    ApiKeyService,
    AuditLog,
    ForeignUsers,
    IdentityBootstrap,
    IdentityChanges,
    JwtAuthGuard,
    LoginService,
    OidcLogin,
    SecretsModule,
    Principals,
    RolesGuard,
    TenantService,
    UserAdministration,
    UserService,
  ],
})
export class AuthModule {}
