import { readFileSync } from 'node:fs';
import path from 'node:path';

const FOLDER = path.resolve(__dirname, '../fixtures/tls');

/** The authority that signed the certificates of the tests. */
export const testAuthority = (): string => readFileSync(path.join(FOLDER, 'authority.pem'), 'utf8');

/** `server` and `renewed` stand for localhost and 127.0.0.1, each also for a name of its own (`server.test`, `renewed.test`). */
export function testCertificate(name: 'server' | 'renewed' | 'client'): { cert: string; key: string } {
  const read = (ending: string): string => readFileSync(path.join(FOLDER, `${name}.${ending}`), 'utf8');
  return { cert: read('pem'), key: read('key') };
}
