import { embedderRegionsOf, mayEmbed } from './embedder-reach';

const PLACES = { regions: null, providers: null };

describe('where a prompt may be embedded', () => {
  it.each([
    ['anywhere', PLACES, true, true],
    ['in its region', { ...PLACES, regions: ['eu', 'ch'] }, true, false],
    ['not in another region', { ...PLACES, regions: ['us'] }, false, false],
    ['at no server, where providers are named', { regions: ['eu'], providers: ['mistral'] }, false, false],
  ])('is %s', (_, places, inTheEu, somewhere) => {
    const regions = embedderRegionsOf(places);
    expect(mayEmbed({ region: 'eu' }, regions)).toBe(inTheEu);
    expect(mayEmbed({ region: null }, regions)).toBe(somewhere);
    expect(mayEmbed(null, regions)).toBe(true); // in this process
  });
});
