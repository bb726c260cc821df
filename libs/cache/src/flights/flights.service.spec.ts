import { ConfigStore, relayConfigSchema, type RelayConfig } from '@relay/config';
import { policyDocumentSchema } from '@relay/contracts';
import { FACTS, landedWith, TestPassenger } from '../../test/flights/test-passenger';
import { Flights } from './flights.service';

const KEY = 'a'.repeat(64);
const MAX_BYTES = 1_000;

const configOf = (maxEntryBytes: number): ConfigStore => {
  const config: RelayConfig = {
    ...relayConfigSchema.parse({ cache: { maxEntryBytes } }),
    policy: policyDocumentSchema.parse({ name: 'test', version: 1 }),
  };
  return new ConfigStore(config, 'relay.yaml');
};

describe('equal requests in one process', () => {
  let flights: Flights;

  beforeEach(() => (flights = new Flights(configOf(MAX_BYTES))));
  afterEach(() => expect(flights.size).toBe(0));

  function boardMany(count: number, delivery: TestPassenger['delivery'] = 'stream', key = KEY) {
    return Array.from({ length: count }, () => {
      const passenger = new TestPassenger(delivery);
      return { passenger, arrival: flights.board(key, passenger) };
    });
  }

  it('calls the pilot of the first in the tick it boards, and no other pilot', async () => {
    const [first, ...others] = boardMany(200);
    expect(first!.passenger.cockpits).toHaveLength(1);
    first!.passenger.depart('one ', 'two ');
    first!.passenger.land(landedWith('whole'));
    expect(await first!.arrival).toMatchObject({ piloted: true, live: true });
    for (const { passenger, arrival } of others) {
      expect(await arrival).toMatchObject({ piloted: false, live: true });
      expect(passenger.heard).toEqual(['one ', 'two ']);
      expect(passenger.cockpits).toHaveLength(0);
      expect(passenger.facts).toEqual(FACTS);
    }
    expect(flights.stats()).toMatchObject({ flown: 1, shared: 199 });
  });

  it('flies apart what has another key', async () => {
    const [a] = boardMany(1);
    const [b] = boardMany(1, 'stream', 'b'.repeat(64));
    expect(flights.size).toBe(2);
    for (const { passenger } of [a!, b!]) passenger.land(landedWith('x'));
    await Promise.all([a!.arrival, b!.arrival]);
  });
});
