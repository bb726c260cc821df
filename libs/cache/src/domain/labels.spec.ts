import { hasLabels, labelsNamed, labelsOf, readLabels, type CacheSelector, type LabelSource } from './labels';

const KEY = 'a'.repeat(64);
const source: LabelSource = {
  tenantId: 'acme',
  owner: 't:acme',
  requestedModel: 'auto',
  servedModel: 'small',
  tags: ['faq'],
  version: '1',
  key: KEY,
};

describe('the labels of an answer', () => {
  it('are what it can be invalidated by', () => {
    const all = ['tenant:acme', 'version:1', 'model:auto', 'model:small', 'tag:faq', `key:${KEY}`];
    expect([...labelsOf(source)].sort()).toEqual(all.sort());
    expect(labelsOf({ ...source, owner: 'g:support' })).toContain('owner:g:support');
  });

  it('name a model once when it answered itself, and none when nothing did', () => {
    const models = (servedModel: string): number =>
      labelsOf({ ...source, servedModel }).filter((label) => label.startsWith('model:')).length;
    expect([models('auto'), models('small'), models('')]).toEqual([1, 2, 1]);
  });

  it('hold twenty tags of 64 characters at most, none twice', () => {
    const tags = ['a', 'a', 'x'.repeat(65), ...Array.from({ length: 30 }, (_, i) => `t${i}`)];
    const kept = readLabels(labelsOf({ ...source, tags })).tags;
    expect(kept).toHaveLength(20 - 1); // of the first twenty one is a repetition
    expect(kept.slice(0, 3)).toEqual(['a', 'x'.repeat(64), 't0']);
  });

  it('tell people what was asked for by whom', () => {
    const tags = ['a:b', 'c'];
    expect(readLabels(labelsOf({ ...source, tags }))).toEqual({
      tenant: 'acme',
      owner: 't:acme',
      model: 'auto',
      version: '1',
      tags,
    });
    expect(readLabels(labelsOf({ ...source, owner: 'g:support' })).owner).toBe('g:support');
  });
});

describe('a selector', () => {
  const fits = (selector: CacheSelector): boolean | null => {
    const labels = labelsNamed(selector);
    return labels && hasLabels(labelsOf(source), labels);
  };

  it.each<[CacheSelector, boolean | null]>([
    [{ tenant: 'acme' }, true],
    [{ tenant: 'acm' }, false],
    [{ model: 'auto' }, true],
    [{ model: 'small' }, true],
    [{ model: 'large' }, false],
    [{ tenant: 'acme', model: 'small', tag: 'faq', version: '1', key: KEY }, true],
    [{ tenant: 'acme', model: 'small', tag: 'faq', version: '2' }, false],
    [{ tenant: 'globex', key: KEY }, false],
    [{ owner: 't:acme', key: KEY }, true],
    [{ owner: 't:globex', key: KEY }, false],
    [{ owner: 'g:support' }, false],
    [{ entry: KEY }, true], // the id of an exact entry is its key
    [{ entry: '00000000-0000-4000-8000-000000000000' }, false],
    [{ all: true }, true],
    [{}, null],
    [{ all: false }, null],
    [{ all: true, tenant: 'acme' }, null],
    [{ version: 'x'.repeat(1_000) }, null],
  ])('%j fits the answer: %s', (selector, expected) => {
    expect(fits(selector)).toBe(expected);
  });

  it('finds what a sharing group owns, whoever paid for it', () => {
    const labels = labelsNamed({ owner: 'g:support', key: KEY }) ?? ['none'];
    expect(hasLabels(labelsOf({ ...source, owner: 'g:support' }), labels)).toBe(true);
    expect(hasLabels(labelsOf({ ...source, owner: 'g:sales' }), labels)).toBe(false);
  });

  it('finds a tag that was cut', () => {
    const tag = 'x'.repeat(70);
    expect(hasLabels(labelsOf({ ...source, tags: [tag] }), labelsNamed({ tag }) ?? ['none'])).toBe(true);
  });
});
