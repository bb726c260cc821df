import { YamlSource } from './yaml-source';

const parsed = (text: string): YamlSource => {
  const source = YamlSource.parse('a.yaml', text);
  if (!source.ok) throw new Error(JSON.stringify(source.error));
  return source.value;
};
const refusal = (text: string) => {
  const source = YamlSource.parse('a.yaml', text);
  return source.ok ? null : source.error[0];
};
/** The text from a position to the end of its line. */
const textAt = (text: string, { line, column }: { line: number; column: number }) =>
  text.split('\n')[line - 1]?.slice(column - 1);

describe('where a value of a YAML document is written', () => {
  const TEXT = `# a policy
name: mine
limits:
  concurrency: 4
"a.b":
  c: [1, {d: x}]
rules:
  - id: first
    then:
      tags: &tags [a, b]
  - id: second
    then:
      tags: *tags
`;
  const at = (path: string) => textAt(TEXT, parsed(TEXT).positionOf(path));

  it('is the value itself for a text or a number', () => {
    expect(at('name')).toBe('mine');
    expect(at('limits.concurrency')).toBe('4');
    expect(at('rules[1].id')).toBe('second');
  });

  it('is the key for a list or a mapping under one, else its beginning', () => {
    expect(at('limits')).toBe('limits:');
    expect(at('rules[1].then')).toBe('then:');
    expect(at('rules[1]')).toBe('id: second');
  });

  it('is the nearest part around what is not there', () => {
    expect(at('limits.speed')).toBe('limits:');
    expect(at('rules[0].when')).toBe('id: first');
    expect(at('rules[7].when')).toBe('rules:');
    expect(at('nothing.like[3].it')).toBe('name: mine');
  });

  it('finds keys that hold dots, and what an alias stands for', () => {
    expect(at('a.b.c[1].d')).toBe('x}]');
    expect(at('rules[1].then.tags[1]')).toBe('b]');
  });

  it('can be that of the key', () => {
    expect(textAt(TEXT, parsed(TEXT).positionOfKey('limits.concurrency'))).toBe('concurrency: 4');
  });
});

describe('a place inside a text', () => {
  const find = (yaml: string, value: string, word: string) => {
    const before = value.slice(0, value.indexOf(word)).split('\n');
    const inside = { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
    expect((parsed(yaml).value as { when: string }).when).toBe(value);
    return textAt(yaml, parsed(yaml).positionOf('when', inside));
  };

  it('is found in plain and quoted texts', () => {
    expect(find('when: a == nope', 'a == nope', 'nope')).toBe('nope');
    expect(find(`when: '"faq" in nope'`, '"faq" in nope', 'nope')).toBe(`nope'`);
    expect(find('when: "a == nope"', 'a == nope', 'nope')).toBe('nope"');
  });

  it('is found behind escapes', () => {
    expect(find(String.raw`when: "a == \"x\" && \u0062 == nope"`, 'a == "x" && b == nope', 'nope')).toBe('nope"');
    expect(find(`when: 'a == ''x'' && nope'`, `a == 'x' && nope`, 'nope')).toBe(`nope'`);
  });

  it('is found in block texts, literal and folded, and in texts over several lines', () => {
    expect(find('when: |\n  a == 1 &&\n    nope > 2\n', 'a == 1 &&\n  nope > 2\n', 'nope')).toBe('nope > 2');
    expect(find('when: >-\n  a == 1 &&\n  nope > 2\n', 'a == 1 && nope > 2', 'nope')).toBe('nope > 2');
    expect(find('when: a == 1 &&\n  nope > 2\n', 'a == 1 && nope > 2', 'nope')).toBe('nope > 2');
    expect(find('when: "a == 1 &&\n    nope > 2"\n', 'a == 1 && nope > 2', 'nope')).toBe('nope > 2"');
  });

  it('is the beginning of the text where it cannot be followed', () => {
    expect(find('when: >\n  a == 1 &&\n\n  nope > 2\n', 'a == 1 &&\nnope > 2\n', 'nope')).toBe('>');
  });
});

describe('a YAML document that is refused', () => {
  it('has line and column of its syntax error', () => {
    expect(refusal('a: 1\nb: [1,\n')).toMatchObject({ file: 'a.yaml', line: 3, allowed: 'well-formed YAML' });
  });

  it('names a key twice', () => {
    expect(refusal('a: 1\nb: 2\na: 3\n')).toMatchObject({ line: 3, column: 1, found: 'Map keys must be unique' });
  });

  it('is nested too deeply, however it is written', () => {
    expect(refusal(`a: ${'['.repeat(65)}${']'.repeat(65)}`)?.found).toMatch(/nested too deeply/);
    expect(refusal(`a: ${'['.repeat(63)}${']'.repeat(63)}`)).toBeNull();
    expect(refusal('- '.repeat(20_000))?.found).toMatch(/nested too deeply/);
    expect(refusal(`a: ${'['.repeat(20_000)}${']'.repeat(20_000)}`)?.found).toMatch(/nested too deeply/);
    expect(refusal('a: &a [*a]')?.found).toMatch(/nested too deeply/);
  });

  it('has lists or mappings for keys, which cost exponential time when they are nested', () => {
    expect(refusal('? '.repeat(40))).toMatchObject({ found: 'a key that is no plain text' });
  });

  it('expands without end', () => {
    const lines = ['a0: &a0 [x, x, x, x, x]'];
    for (let i = 1; i < 12; i++) lines.push(`a${i}: &a${i} [${`*a${i - 1}, `.repeat(5)}]`);
    expect(refusal(lines.join('\n'))?.allowed).toMatch(/aliases/);
    const long = `a: &a [${'x,'.repeat(60_000)}]\nb: [${'*a,'.repeat(90)}]`;
    expect(refusal(long)?.found).toBe('aliases that stand for too much');
    expect(refusal(`a: &a [x, y, z]\nb: [${'*a,'.repeat(90)}]`)).toBeNull();
  });

  it('is told quickly, also if it has very many keys', () => {
    const many = Array.from({ length: 30_000 }, (_, i) => `k${i}: 1`).join('\n');
    expect(refusal(`${many}\nk7: 2`)).toMatchObject({ line: 30_001, found: 'Map keys must be unique' });
  }, 5_000);
});
