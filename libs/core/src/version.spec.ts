import { version } from '../../../package.json';
import { RELAY_VERSION } from './version';

it('the version that the relay tells is that of package.json', () => expect(RELAY_VERSION).toBe(version));
