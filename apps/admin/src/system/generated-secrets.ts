import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Environment } from '@relay/config';
import type { WarningFacts } from './warnings';

/** Which secrets the relay goes by that it made up itself; never which they are. */
export function generatedSecrets(environment: Environment): WarningFacts['generated'] {
  const kept = keysOf(path.join(environment.RELAY_DATA_DIR, 'credentials.json'));
  return {
    adminPassword: environment.RELAY_ADMIN_PASSWORD === undefined && kept.includes('adminPassword'),
    jwtSecret: environment.RELAY_JWT_SECRET === undefined,
  };
}

function keysOf(file: string): string[] {
  try {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return content !== null && typeof content === 'object' ? Object.keys(content) : [];
  } catch {
    return []; // there is none
  }
}
