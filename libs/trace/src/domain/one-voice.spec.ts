import { asOneVoice } from './one-voice';

describe('one voice among those of a tenant', () => {
  it('counts in full up to ten verdicts', () => {
    expect(asOneVoice({ weight: 0, sum: 0 })).toEqual({ weight: 0, sum: 0 });
    expect(asOneVoice({ weight: 10, sum: 7 })).toEqual({ weight: 10, sum: 7 });
  });

  it('keeps its opinion beyond, and gains no weight', () => {
    expect(asOneVoice({ weight: 200, sum: 50 })).toEqual({ weight: 10, sum: 2.5 });
  });
});
