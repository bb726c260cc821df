import { pairOf } from './pair-of';

describe('what an opened group is held against', () => {
  it('is the version before it', () => {
    const names = ['default@9', 'default@7', 'other@8', 'default@10'];
    expect(pairOf('default@10', names, 'policy')).toEqual({ a: 'default@9', b: 'default@10' });
    expect(pairOf('default@9', names, 'policy')).toEqual({ a: 'default@7', b: 'default@9' });
  });

  it('is the group with most requests, else', () => {
    expect(pairOf('default@1', ['default@2', 'default@1'], 'policy').a).toBe('default@2');
    expect(pairOf('small', ['small', 'large', 'tiny'], 'model').a).toBe('large');
    expect(pairOf('small', ['small'], 'model').a).toBeNull();
  });
});
