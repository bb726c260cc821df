import { ENVIRONMENT, type Environment } from '@relay/config';
import type { FactoryProvider } from '@nestjs/common';
import { CredentialsFile } from './credentials-file';

/** Injection token of the secret that signs access tokens. */
export const JWT_SECRET = Symbol('JWT_SECRET');

export const credentialsFileProvider: FactoryProvider<CredentialsFile> = {
  provide: CredentialsFile,
  inject: [ENVIRONMENT],
  useFactory: (environment: Environment) => new CredentialsFile(environment.RELAY_DATA_DIR),
};

/** RELAY_JWT_SECRET, which all processes of one relay must share, or a secret made up for this data folder. */
export const jwtSecretProvider: FactoryProvider<string> = {
  provide: JWT_SECRET,
  inject: [ENVIRONMENT, CredentialsFile],
  useFactory: (environment: Environment, file: CredentialsFile) =>
    environment.RELAY_JWT_SECRET ?? file.read().jwtSecret,
};
