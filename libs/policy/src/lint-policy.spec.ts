import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { configOf } from '../test/policy-fixtures';
import { lintPolicySource } from './lint-policy';

const lint = (source: string, config: Parameters<typeof lintPolicySource>[1] = configOf()) =>
  lintPolicySource(source, config);
const lines = (source: string) =>
  lint(source).problems.map(
    ({ line, column, severity, path, found }) => `${line}:${column} ${severity} ${path}: ${found}`,
  );
const HEAD = 'name: p\nversion: 1\n';

describe('linting a policy', () => {
  it('gives the document where nothing is wrong', () => {
    const { document, problems } = lint(`${HEAD}rules:\n  - { id: a, when: request.stream, then: { deadlineMs: 5 } }`);
    expect(problems).toEqual([]);
    expect(document?.rules[0]?.id).toBe('a');
  });

  it('finds syntax, unknown keys, bad values and conditions, each at its place', () => {
    expect(lines('name: [')).toEqual([expect.stringMatching(/^1:8 error : Flow sequence/)]);
    expect(lines(`${HEAD}colour: red\ndefaults: { deadlineMs: soon }`)).toEqual([
      '4:25 error defaults.deadlineMs: "soon"',
      '3:1 error colour: an unknown key',
    ]);
    expect(
      lines(`${HEAD}rules:\n  - id: a\n    when: request.stream && request.colour\n    then: { deadlineMs: 5 }`),
    ).toEqual(['5:29 error rules[0].when: no such feature "request.colour" (rule a)']);
    expect(
      lines(
        `${HEAD}rules:\n  - id: a\n    then: { deadlineMs: 5 }\n    when: |\n      request.stream &&\n        request.nope > 1\n`,
      ),
    ).toEqual([expect.stringMatching(/^8:9 error rules\[0\]\.when: no such feature/)]);
  });

  it('says how CEL writes what other languages write otherwise', () => {
    const hint = (when: string) => {
      const { line, column, found, allowed } = lint(
        `${HEAD}rules:\n  - id: a\n    then: {}\n    when: |\n      ${when}`,
      ).problems[0] ?? { line: 0 };
      return `${line}:${column} ${found}; ${allowed}`;
    };
    expect(hint('tenant.tier = "free"')).toBe('7:19 = (rule a); == for comparison');
    expect(hint('request.stream and request.hasTools')).toBe('7:22 "and" (rule a); && for "and"');
    expect(hint('request.stream OR request.hasTools')).toBe('7:22 "OR" (rule a); || for "or"');
    expect(hint('not request.stream')).toBe('7:11 "not" (rule a); ! for "not"');
    expect(hint('"a" not in request.tags')).toBe('7:11 "not" (rule a); ! for "not"');
    expect(hint('tenant.tier <> "free"')).toBe('7:20 <> (rule a); != for "is not"');
    expect(hint('request.stream && ?')).toMatch(/a CEL condition$/);
  });

  it('says how YAML wants a condition that begins with a quote, and keys in one line', () => {
    const allowed = (when: string) => lint(`${HEAD}rules:\n  - id: a\n    when: ${when}`).problems[0]?.allowed;
    expect(allowed('"a" in request.tags')).toMatch(/put the whole condition in quotes/);
    expect(allowed('request.stream then: {}')).toMatch(/one key a line/);
  });

  it('knows the models of the configuration, and does without one', () => {
    const source = `${HEAD}defaults:\n  route:\n    candidates: [large, nope]`;
    expect(lines(source)).toEqual([expect.stringMatching(/^5:25 error defaults\.route\.candidates\[1\]: "nope"/)]);
    expect(lint(source, null)).toMatchObject({ problems: [], document: { name: 'p' } });
  });

  it('goes by the condition for a place in it, whatever its text looks like', () => {
    const name = 'ab at line 1, column 3 (rule ';
    expect(lines(`${HEAD}defaults:\n  route:\n    candidates: ["${name}"]`)).toEqual([
      `5:18 error defaults.route.candidates[0]: "${name}"`,
    ]);
  });

  it('refuses what includes files: there is no folder to find them in', () => {
    expect(lines(`${HEAD}include: [/etc/passwd]`)).toEqual(['3:11 error include[0]: "/etc/passwd"']);
  });

  it('refuses what is too large or too deep, at once', () => {
    expect(lint(`# ${'x'.repeat(1_048_576)}`).problems[0]?.found).toBe('more than 1048576 bytes');
    expect(lint('['.repeat(1_000_000)).problems[0]?.found).toMatch(/^more than 200000 tokens of YAML/);
    expect(lint('a: '.repeat(20_000)).document).toBeNull();
    expect(lint(`${HEAD}defaults: ${'{ a: '.repeat(100)}1${' }'.repeat(100)}`).problems[0]?.found).toMatch(
      /nested too deeply/,
    );
    const keys = Array.from({ length: 15_000 }, (_, i) => `k${i}: 1`).join('\n');
    expect(lint(HEAD + keys).problems).toHaveLength(200);
  }, 10_000);
});

describe('warnings of a policy', () => {
  const withRules = (rules: string, rest = '') => lines(`${HEAD}${rest}rules:\n${rules}`);

  it('tell a rule that is never reached, and do not refuse the document', () => {
    const rules = `  - { id: all, when: 'true', then: { deadlineMs: 5 }, final: true }
  - { id: late, when: request.stream, then: { deadlineMs: 6 } }
  - { id: later, when: request.stream, then: { deadlineMs: 7 } }`;
    expect(withRules(rules)).toEqual([
      '5:5 warning rules[1]: a rule that is never reached (and 1 more after it): all is final and always matches',
    ]);
    expect(lint(`${HEAD}rules:\n${rules}`).document).not.toBeNull();
  });

  it('tell a condition that a final rule before has already', () => {
    expect(
      withRules(`  - { id: a, when: request.stream, then: { deadlineMs: 5 }, final: true }
  - { id: b, when: request.stream, then: { deadlineMs: 6 } }`),
    ).toEqual(['5:20 warning rules[1].when: the condition of a, which is final: this rule never matches']);
    expect(
      withRules(`  - { id: a, when: request.stream, then: { deadlineMs: 5 } }
  - { id: b, when: request.stream, then: { deadlineMs: 6 }, final: true }`),
    ).toEqual([]);
  });

  it('tell a rule that sets nothing, or what the defaults say', () => {
    const defaults = 'defaults: { payloadLogging: true, serviceLevel: batch }\n';
    const rule = (id: string, then: string, rest = '') =>
      `  - { id: ${id}, when: request.stream, then: ${then}${rest} }`;
    expect(withRules(rule('a', '{}'))).toEqual(['4:5 warning rules[0]: a rule that sets nothing']);
    expect(withRules(rule('a', '{ payloadLogging: true }'), defaults)).toEqual([
      '5:5 warning rules[0]: a rule that sets what the defaults say already',
    ]);
    const resets = [rule('a', '{ payloadLogging: false }'), rule('b', '{ payloadLogging: true }')].join('\n');
    expect(withRules(resets, defaults)).toEqual([]);
    expect(withRules(rule('a', '{ serviceLevel: batch }'), defaults)).toEqual([]); // an app may have asked for another
    expect(withRules(rule('a', '{}', ', final: true'))).toEqual([]);
    expect(
      withRules(
        rule('a', '{ payloadLogging: true }'),
        `${defaults}tenants: { t: { defaults: { payloadLogging: false } } }\n`,
      ),
    ).toEqual([]);
  });

  it('tell a fallback of the defaults that is one of their candidates already', () => {
    const defaults = 'defaults: { route: { candidates: [large, medium], fallbacks: [small, medium] } }\n';
    const rule = (then: string) => `  - { id: a, when: request.stream, then: ${then} }`;
    const warning =
      '3:70 warning defaults.route.fallbacks[1]: "medium", which is one of the candidates and stands among them';
    expect(withRules(rule('{ deadlineMs: 5 }'), defaults)).toEqual([warning]);
    expect(withRules(rule('{ route: { candidates: [large] } }'), defaults)).toEqual([]); // a fallback for some
    expect(lines(`${HEAD}defaults: { route: { candidates: [large], fallbacks: [small] } }`)).toEqual([]);
  });

  it('tell a semantic cache that the same part switches off with the exact one', () => {
    const off = (mode: string) => `{ cache: { exact: { enabled: false }, semantic: { mode: ${mode} } } }`;
    const rule = (id: string, then: string) => `  - { id: ${id}, when: request.stream, then: ${then} }`;
    const warning =
      'warning rules[0].then.cache.semantic.mode: static, where exact.enabled is false: nothing is cached at all';
    expect(withRules(rule('a', off('static')), '')).toEqual([expect.stringContaining(warning)]);
    expect(withRules(rule('a', off('off')), '')).toEqual([]);
    const on = rule('b', '{ cache: { exact: { enabled: true } } }');
    expect(withRules(`${rule('a', off('static'))}\n${on}`, '')).toEqual([]);
  });

  it('tell fallbacks where every model is a candidate', () => {
    const warning = '3:22 warning defaults.route.fallbacks: fallbacks, where every model is a candidate already';
    const defaults = 'defaults: { route: { fallbacks: [small] } }\n';
    const rule = (candidates: string) =>
      `  - { id: a, when: request.stream, then: { deadlineMs: 5, route: { candidates: ${candidates} } } }`;
    expect(lines(`${HEAD}${defaults}`)).toEqual([warning]);
    expect(withRules(rule('[large]'), defaults)).toEqual([]);
  });

  describe('of comparisons that have one outcome', () => {
    const told = (when: string, config?: Parameters<typeof lint>[1]) =>
      lint(`${HEAD}rules:\n  - id: a\n    then: { deadlineMs: 5 }\n    when: |\n      ${when}`, config).problems.map(
        ({ line, column, severity, found, allowed }) =>
          `${line}:${column} ${severity} ${found}; ${allowed.slice(0, 24)}`,
      );

    it.each([
      [
        'features.task == "coding"',
        '7:24 warning "coding", which features.task never is (rule a); did you mean "code"? cod',
      ],
      [
        'features.task in ["math", "maths"]',
        '7:33 warning "maths", which features.task never is (rule a); did you mean "math"? cod',
      ],
      [
        'features.language == "EN"',
        '7:28 warning "EN", which features.language never is (rule a); two lower-case letters o',
      ],
      ['"mail" in features.pii', '7:7 warning "mail", which features.pii never is (rule a); email, phone, card, iban'],
      [
        'request.prefer == "cheap"',
        '7:25 warning "cheap", which request.prefer never is (rule a); quality, cost, latency',
      ],
      [
        '"high" != request.priority',
        '7:7 warning "high", which request.priority never is (rule a); interactive, standard, b',
      ],
      ['features.complexity > 60', '7:29 warning 60, which features.complexity never is (rule a); 0 to 1'],
      ['features.injection >= -0.5', '7:29 warning -0.5, which features.injection never is (rule a); 0 to 1'],
      [
        'request.model == "larger"',
        '7:24 warning "larger", which request.model never is (rule a); did you mean "large"? la',
      ],
    ])('tells %s', (when, warning) => expect(told(when)).toEqual([warning]));

    it.each([
      'features.task in ["math", "code"] && features.language == "und"',
      '["iban", "card"].exists(kind, kind in features.pii) || features.language != "de"',
      'request.prefer == "" || request.priority in ["batch", ""] || features.task != ""',
      'features.complexity > 0.6 && features.complexity <= 1.0 && features.injection >= 0.0',
      'request.model == "auto:cheap" || request.model in ["auto", "large"] || request.model.startsWith("gpt")',
      'features.task == tenant.tier || tenant.tier == "coding" || features.inputTokens > 100',
    ])('says nothing of %s', (when) => expect(told(when)).toEqual([]));

    it('does not know models without a configuration', () => {
      expect(told('request.model == "larger"', null)).toEqual([]);
    });
  });

  it('are told of nothing in the reference policy, the example and the documentation', () => {
    const root = path.resolve(__dirname, '../../..');
    const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
    const relays = ['libs/policy/test/golden/relay.yaml', 'relay.example.yaml'].map(read);
    const policies = relays.map((text) => stringify((parse(text) as { policy: unknown }).policy));
    const documented = read('docs/policy.md').match(/(?<=```yaml\n)name: [^]*?(?=```)/g) ?? [];
    expect(documented).toHaveLength(1);
    for (const text of [...policies, ...documented]) {
      const { document, problems } = lint(text, null);
      expect(document).not.toBeNull();
      expect(problems.filter(({ found }) => found.includes('never is'))).toEqual([]);
    }
  });

  it('leave alone what is an error at the same place', () => {
    const arms = 'arms: [{ weight: 0, then: {} }, { weight: 0, then: { deadlineMs: 5 } }]';
    expect(withRules(`  - { id: a, when: 'true', experiment: { id: x, ${arms} } }`)).toEqual([
      '4:49 error rules[0].experiment.arms: only arms of weight 0',
    ]);
  });

  it('tell settings of a strategy that nothing chooses', () => {
    const defaults = 'defaults: { route: { weights: { cost: 2 } } }\n';
    expect(lines(`${HEAD}${defaults}`)).toEqual([
      '3:22 warning defaults.route.weights: a setting that only the strategy hybrid reads, which nothing here chooses',
    ]);
    expect(withRules(`  - { id: a, when: request.stream, then: { route: { strategy: hybrid } } }`, defaults)).toEqual(
      [],
    );
  });

  describe('of the semantic cache', () => {
    const told = (semantic: string, rest = '') =>
      lines(`${HEAD}defaults: { cache: { semantic: ${semantic} } }\n${rest}`).map((line) =>
        line.replace(/^[\d:]+ /, ''),
      );
    const AT = 'warning defaults.cache.semantic';
    const toRule = (semantic: string) =>
      `rules:\n  - { id: a, when: request.stream, then: { cache: { semantic: ${semantic} } } }`;

    it.each(['verified', 'shadow', 'off'])('tell a threshold in mode %s', (mode) => {
      const [line, ...others] = told(`{ threshold: 0.95, mode: ${mode} }`);
      expect(line).toBe(
        `${AT}.threshold: a setting that only the modes static and validated read, which nothing here chooses`,
      );
      expect(others).toEqual([]);
    });

    it.each(['static', 'validated', 'off'])('tell a budget of errors in mode %s', (mode) => {
      const source = `{ maxErrorPerHit: 0.01, mode: ${mode}, judge: { model: small } }`;
      expect(told(source)[0]).toBe(
        `${AT}.maxErrorPerHit: a setting that only the modes verified and shadow read, which nothing here chooses`,
      );
    });

    it.each(['labelShare: 0.5', 'recheckShare: 0.5', 'judge: { kind: equality }'])(
      'tell %s where the mode is never but off',
      (setting) => {
        const who = 'the modes shadow, static, verified and validated';
        const found = `${AT}.${setting.split(':')[0]}: a setting that only ${who} read, which nothing here chooses`;
        expect(told(`{ ${setting} }`)).toEqual([found]);
        expect(told(`{ ${setting} }`, toRule('{ mode: shadow }'))).toEqual([]);
      },
    );

    it('tell the least similarity of another judge than embedding', () => {
      const judge = (kind: string) => `{ mode: verified, judge: { minSimilarity: 0.8${kind} } }`;
      expect(told(judge(', kind: equality'))).toEqual([
        expect.stringMatching(/^warning .*judge\.minSimilarity: a setting that only the judge embedding reads, which/),
      ]);
      expect(told(judge(', kind: embedding'))).toEqual([]);
      expect(told(judge(''))).toEqual([]); // embedding is the default
      expect(told(judge(', kind: equality'), toRule('{ judge: { kind: embedding } }'))).toEqual([]);
    });

    it('say nothing of what some rule reads, nor of what is read', () => {
      expect(told('{ mode: verified, threshold: 0.95 }', toRule('{ mode: static }'))).toEqual([]);
      expect(told('{ mode: shadow, maxErrorPerHit: 0.01, labelShare: 0.5, recheckShare: 0.1 }')).toEqual([]);
      expect(told('{ mode: static, threshold: 0.95, labelShare: 0.5 }')).toEqual([]);
    });
  });
});
