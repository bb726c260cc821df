import type { Environment } from '@relay/config';
import { ok, warning, type Finding } from '../finding';

/** What protects what lies in stores. */
export function checkSecrets(environment: Environment): Finding[] {
  const { RELAY_ENCRYPTION_KEY: sealing, RELAY_JWT_SECRET: signing, DATABASE_URL: database } = environment;
  return [
    sealing
      ? ok('encryption key', 'set')
      : warning(
          'encryption key',
          'not set',
          'set RELAY_ENCRYPTION_KEY: answers in Redis, payloads and responses lie there unsealed',
        ),
    ...(database === undefined || signing
      ? [ok('signing key', signing ? 'set' : 'made up, in the data folder')]
      : [
          warning(
            'signing key',
            'made up, in the data folder',
            'set RELAY_JWT_SECRET where several processes have the role admin',
          ),
        ]),
  ];
}
