import { addRule, changeRule, moveRule, removeRule } from './edit-rules';
import { rulesOf } from './rule-text';

const POLICY = `# The house rules
name: routing
version: 3
defaults: {}
rules:
  # Code needs the strong one
  - id: code # do not rename
    when: features.task == "code"
    then:
      # the best
      route: { candidates: [big, small] }
  - {id: free, when: "tenant.tier == \\"free\\"", then: {queue: {class: long}}}
  - id: people-wait
    when: >-
      request.stream
      && request.priority == ""
    then: { serviceLevel: interactive }
    final: true
tenants: {}
`;

const ids = (text: string): readonly string[] => rulesOf(text).rules.map(({ id }) => id);

describe('rules in the text of a policy', () => {
  it('are read in whatever way they are written', () => {
    const { rules } = rulesOf(POLICY);
    expect(rules.map(({ id, when, final }) => ({ id, when, final }))).toEqual([
      { id: 'code', when: 'features.task == "code"', final: false },
      { id: 'free', when: 'tenant.tier == "free"', final: false },
      { id: 'people-wait', when: 'request.stream && request.priority == ""', final: true },
    ]);
    expect(rules[0]?.then).toContain('route: { candidates: [big, small] }');
  });

  it('move with the comments above them, and nothing else changes', () => {
    const moved = moveRule(POLICY, 0, 2);
    expect(ids(moved)).toEqual(['free', 'people-wait', 'code']);
    expect(moved).toContain('  # Code needs the strong one\n  - id: code # do not rename\n');
    expect(moveRule(moved, 2, 0)).toBe(POLICY);
    expect(moveRule(POLICY, 0, -1)).toBe(POLICY);
  });

  it('change field by field, comments kept', () => {
    const changed = changeRule(POLICY, 0, { when: `features.task == "code" && tenant.id != 'acme'`, final: true });
    expect(rulesOf(changed).rules[0]).toMatchObject({
      when: `features.task == "code" && tenant.id != 'acme'`,
      final: true,
    });
    expect(changed).toContain('# do not rename');
    expect(changed).toContain('# the best');
    expect(ids(changed)).toEqual(ids(POLICY));
  });

  it('written in one line get lines of their own when they change', () => {
    const changed = changeRule(POLICY, 1, { id: 'free-tier', then: 'queue:\n  class: long' });
    expect(ids(changed)).toEqual(['code', 'free-tier', 'people-wait']);
    expect(rulesOf(changed).rules[1]).toMatchObject({ when: 'tenant.tier == "free"', then: 'queue:\n  class: long' });
  });

  it('lose a field that is emptied', () => {
    const changed = changeRule(POLICY, 2, { final: false });
    expect(changed).not.toContain('final');
    expect(changed).toContain('tenants: {}');
  });

  it('come and go', () => {
    const more = addRule(POLICY);
    expect(ids(more)).toEqual(['code', 'free', 'people-wait', 'rule-4']);
    expect(more).toContain('tenants: {}');
    expect(removeRule(more, 3)).toBe(POLICY);
    expect(ids(removeRule(POLICY, 0))).toEqual(['free', 'people-wait']);
  });

  it.each([
    'name: a\nversion: 1\nrules: []\n',
    'name: a\nversion: 1\n',
    'name: a\nversion: 1\nrules:\n',
    'rules: []\nname: a\n',
    '',
  ])('begin where there are none: %j', (text) => {
    const one = addRule(text);
    expect(ids(one)).toEqual(['rule-1']);
    expect(rulesOf(removeRule(one, 0)).rules).toEqual([]);
    expect(ids(addRule(one))).toEqual(['rule-1', 'rule-2']);
  });

  it('of a list in brackets get lines', () => {
    const text = 'rules: [{id: a, when: "true", then: {}}, {id: b, when: "true", then: {}}]\nname: x\n';
    expect(ids(moveRule(text, 0, 1))).toEqual(['b', 'a']);
    expect(moveRule(text, 0, 1)).toContain('\nname: x');
  });

  it('stand without indentation as well', () => {
    const text = 'name: a\nrules:\n- id: one\n  when: "true"\n- id: two\n  when: "true"\n';
    expect(moveRule(text, 1, 0)).toBe('name: a\nrules:\n- id: two\n  when: "true"\n- id: one\n  when: "true"\n');
    expect(ids(addRule(text))).toEqual(['one', 'two', 'rule-3']);
  });

  it('of tenants are told of, and left alone', () => {
    const text = 'name: a\nrules: []\ntenants:\n  acme:\n    rules:\n      - {id: t, when: "true", then: {}}\n';
    expect(rulesOf(text)).toMatchObject({ rules: [], elsewhere: true });
    expect(rulesOf(POLICY).elsewhere).toBe(false);
  });
});
