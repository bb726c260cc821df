import { failure, ok, type Finding } from '../finding';

/** `engines` of package.json: from here on CommonJS may load what is ESM only. */
const OLDEST = [20, 19] as const;

export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  const isOld = major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
  return isOld ? failure('node', version, `install Node ${OLDEST.join('.')} or later`) : ok('node', version);
}
