import { MAX_RELAYS_BEFORE, relaysBefore, viaOf } from './via';

describe('the relays that a request came through', () => {
  it('are counted in via, among others, and no further than needed', () => {
    expect(relaysBefore(undefined)).toBe(0);
    expect(relaysBefore('1.1 varnish, 1.0 fred')).toBe(0);
    expect(relaysBefore(`1.1 varnish, ${viaOf(2)}`)).toBe(2);
    expect(relaysBefore([viaOf(1), viaOf(1)])).toBe(2);
    expect(relaysBefore(viaOf(5_000))).toBe(MAX_RELAYS_BEFORE + 1);
  });
});
