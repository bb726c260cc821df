import { relayConfigSchema, type RelayConfig } from '@relay/config';
import { policyDocumentSchema } from '@relay/contracts';
import { FakeClock } from '@relay/testing';
import { PriceCalendar } from './price-calendar';

const config: RelayConfig = {
  ...relayConfigSchema.parse({
    providers: [{ id: 'far', kind: 'openai', baseUrl: 'https://api.example.com/v1' }],
    models: [{ id: 'm', targets: [{ provider: 'far', model: 'up' }] }],
  }),
  policy: policyDocumentSchema.parse({ name: 'p', version: 1 }),
};

describe('the calendar of prices', () => {
  it('tells when a price has changed, and prices the configuration anew', () => {
    const clock = new FakeClock();
    const beganAt = clock.now();
    const isDay = (at: number) => at < beganAt + 1_000;
    const calendar = new PriceCalendar(clock, () => ({
      version: 'list@1',
      find: (_provider, _model, at) => ({
        price: { inputPerMTok: isDay(at) ? 2 : 1, outputPerMTok: 2, currency: 'USD' },
        matched: 'far/up',
        until: isDay(at) ? beganAt + 1_000 : null,
      }),
    }));
    const seen: number[] = [];
    const look = (): void => {
      const { catalogued } = calendar.priced(config);
      seen.push(catalogued?.get('far up')?.price.inputPerMTok ?? 0);
    };
    look();
    const stop = calendar.watch(look);
    clock.advance(999);
    expect(seen).toEqual([2]);
    clock.advance(1);
    expect(seen).toEqual([2, 1]);
    clock.advance(86_400_000);
    expect(seen).toHaveLength(2);
    stop();
  });

  it('leaves a relay without a catalogue to run without', () => {
    const calendar = new PriceCalendar(new FakeClock(), () => {
      throw new Error('not installed');
    });
    expect(calendar.priced(config)).toEqual(config);
    expect(calendar.problem).toContain('not installed');
  });
});
