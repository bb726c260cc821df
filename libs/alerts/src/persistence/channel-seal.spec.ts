import { environmentSchema } from '@relay/config';
import { ChannelSeal } from './channel-seal';

const TARGET = { url: 'https://hooks.example.org/services/T0/secret', secret: 'a secret of the tests' };
const seal = (env: object): ChannelSeal => new ChannelSeal(environmentSchema.parse(env));

describe('the URL of a channel in the database', () => {
  it('is sealed where there is a key, and opens at its place only', () => {
    const sealing = seal({ RELAY_ENCRYPTION_KEY: 'k'.repeat(32) });
    const stored = sealing.close(TARGET, 'ops');
    expect(stored.toString('latin1')).not.toContain('hooks.example.org');
    expect(sealing.open(stored, 'ops')).toEqual(TARGET);
    expect(() => sealing.open(stored, 'other')).toThrow('cannot be opened');
    expect(() => seal({}).open(stored, 'ops')).toThrow('RELAY_ENCRYPTION_KEY');
  });

  it('lies in the clear where there is none, and is sealed from then on where there is one', () => {
    const stored = seal({}).close(TARGET, 'ops');
    expect(seal({ RELAY_ENCRYPTION_KEY: 'k'.repeat(32) }).open(stored, 'ops')).toEqual(TARGET);
  });
});
