import { DEFAULT_POLICY } from './default-policy';
import { compilePolicy, type PolicyProblem } from './compile-policy';
import { catalogueOfModels } from './domain/catalogue';
import { catalogueOf } from './model-catalogue';
import { compiled, configOf, documentOf, planned } from '../test/policy-fixtures';

const catalogue = catalogueOf(configOf());

function problemsOf(input: Parameters<typeof documentOf>[0]): readonly PolicyProblem[] {
  return compilePolicy(documentOf(input), catalogue, { longCostTokens: 4_000 }).problems ?? [];
}

const problemsOfCondition = (when: string) => problemsOf({ rules: [{ id: 'r', when, then: {} }] });

describe('compiling a policy', () => {
  it('accepts the default policy without any model', () => {
    const compiled = compilePolicy(DEFAULT_POLICY, catalogueOfModels([]), { longCostTokens: 1 });
    expect(compiled.problems).toBeUndefined();
    expect(compiled.policy?.label).toBe('default@1');
  });

  it.each([
    'features.topic == "code"',
    'has(features.topic)',
    'size([1].filter(i, features.topic == "x")) > 0',
    'features["topic"] == 1',
  ])('refuses the unknown feature in %s', (when) => {
    expect(problemsOfCondition(when)).toEqual([expect.objectContaining({ path: 'policy.rules[0].when' })]);
  });

  it.each([
    ['features["task"] == "code"', 'features', 1],
    ['[features].exists(f, f.task == "code")', 'features', 2],
    ['(true ? features : features).task == "code"', 'features', 9],
    ['request.stream &&\n request["n"] == 1', 'request', 2],
    ['["a"].exists(tenant, tenant == "a")', 'tenant', 14],
    ['dyn(key).id == "a"', 'key', 5],
  ])('refuses %s: it reads a fact otherwise than as a field by its name', (when, variable, column) => {
    const [problem, ...others] = problemsOfCondition(when);
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ path: 'policy.rules[0].when', inside: { column } });
    expect(problem?.found).toContain(`"${variable}" without a field`);
    expect(problem?.allowed).toContain(`${variable}.`);
  });

  it('refuses that in a condition on answers, too', () => {
    const accept = 'answer["chars"] > 3';
    const problems = problemsOf({ defaults: { route: { cascade: { accept } } } });
    expect(problems).toEqual([
      expect.objectContaining({
        path: 'policy.defaults.route.cascade.accept',
        found: expect.stringContaining('"answer" without a field'),
        inside: { line: 1, column: 1 },
      }),
    ]);
  });

  it('refuses a judge that nobody can ask', () => {
    const semantic = (fields: object) => ({ cache: { semantic: fields } });
    const path = 'policy.defaults.cache.semantic';
    expect(problemsOf({ defaults: semantic({ judge: { kind: 'llm', model: 'nobody' } }) })).toMatchObject([
      { path: `${path}.judge.model`, found: '"nobody"' },
    ]);
    expect(problemsOf({ defaults: semantic({ mode: 'validated' }) })).toMatchObject([{ path }]);
    expect(problemsOf({ defaults: semantic({ judge: { kind: 'llm' } }) })).toMatchObject([{ path }]);
    const rule = { id: 'faq', when: 'request.stream', then: semantic({ mode: 'validated' }) };
    expect(problemsOf({ rules: [rule] })).toMatchObject([{ path: 'policy.rules[0].then.cache.semantic' }]);
    const [model = ''] = catalogue.byId.keys();
    expect(problemsOf({ defaults: semantic({ judge: { model } }), rules: [rule] })).toEqual([]);
  });

  it('says where an unknown feature stands and which exist', () => {
    const [problem] = problemsOfCondition('request.stream &&\n  features.topic == "code"');
    expect(problem?.found).toContain('features.topic');
    expect(problem?.inside).toEqual({ line: 2, column: 3 });
    expect(problem?.allowed).toContain('features.inputTokens');
  });

  it('lists every feature for an unknown variable', () => {
    const [problem] = problemsOfCondition('task == "code"');
    expect(problem?.inside).toEqual({ line: 1, column: 1 });
    expect(problem?.allowed).toContain('tenant.tier');
    expect(problem?.allowed).toContain('request.tags');
  });

  it.each([
    ['a syntax error', 'tenant.id == "a" &&'],
    ['a type error', 'tenant.id == 3'],
    ['a condition that is not bool', 'features.inputTokens'],
    ['a condition whose type is open', 'dyn(true)'],
    [
      'a condition beyond the size limit',
      Array.from({ length: 600 }, () => 'true')
        .join(' && ')
        .slice(0, 3_990) + 'true',
    ],
  ])('refuses %s', (_what, when) => {
    expect(problemsOfCondition(when)).toHaveLength(1);
  });

  it.each([
    'request.temperature == 0',
    'request.temperature > 0.5 && request.n % 2 == 1',
    'tenant.tags.exists(tag, tag.startsWith("eu-"))',
    'features.hour >= 22 || features.weekday in [0, 6]',
    '"batch" in request.tags ? request.toolCount == 0 : size(key.scopes) > 0',
  ])('accepts %s', (when) => {
    expect(problemsOfCondition(when)).toEqual([]);
  });

  it.each([
    ['loops in loops in loops', '[1].all(a, [1].all(b, [1].all(c, a + b + c > 0)))'],
    ['a pattern that a request would write', 'request.user.matches(request.model)'],
    ['a pattern that is none', 'request.user.matches("(")'],
    ['what only a backtracking engine knows', 'request.user.matches("(a)\\\\1")'],
  ])('refuses %s, whose time could not be bounded', (_what, when) => {
    const [problem, ...others] = problemsOfCondition(when);
    expect(problem?.inside?.line).toBe(1);
    expect(others).toEqual([]);
  });

  it('matches patterns in time linear in the text', () => {
    const policy = compiled({
      rules: [{ id: 'evil', when: 'request.user.matches("^(a+)+$")', then: { serviceLevel: 'batch' } }],
    });
    const levelFor = (user: string) => planned(policy, { headers: { tags: [], user } }).plan.serviceLevel;
    expect(levelFor('a'.repeat(200))).toBe('batch');
    expect(levelFor(`${'a'.repeat(200)}!`)).toBe('standard'); // JavaScript's own engine would not come back from this
  });

  it('reports every problem at once, each with its path', () => {
    const problems = problemsOf({
      defaults: { route: { candidates: ['small', 'nope'] } },
      rules: [
        { id: 'twice', when: 'true', then: { route: { candidates: ['gone'] } } },
        { id: 'twice', when: 'nope', then: {} },
        { id: 'defaults', when: 'true', then: {} },
      ],
    });
    expect(problems.map((problem) => problem.path).sort()).toEqual([
      'policy.defaults.route.candidates[1]',
      'policy.rules[0].then.route.candidates[0]',
      'policy.rules[1].id',
      'policy.rules[1].when',
      'policy.rules[2].id',
    ]);
    expect(problems.find((problem) => problem.path.startsWith('policy.defaults'))?.allowed).toContain('medium');
  });
});
