import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ANSWER_FACTS, FACTS } from './facts';
import { completionOf } from './options';

const NAMES = { models: ['big', 'small'], providers: ['openai'], regions: ['eu'], tenants: ['acme'] };

const labels = (before: string): readonly string[] =>
  completionOf(before, NAMES)?.options.map(({ label }) => label) ?? [];

describe('what can be typed next in a policy', () => {
  it.each([
    ['', ['name', 'version', 'rules', 'defaults']],
    ['rules:\n  - ', ['id', 'when', 'then', 'final']],
    ['rules:\n- ', ['id', 'when', 'then']],
    ['rules:\n  - id: a\n    ', ['when', 'then']],
    ['rules:\n  - id: a\n    then:\n      ro', ['route', 'cache', 'queue']],
    ['rules:\n  - id: a\n    then: { cache: { ', ['exact', 'semantic']],
    ['rules:\n  - id: a\n    then: { cache: { exact: { enabled: ', ['true', 'false']],
    ['rules:\n  - id: a\n    then: { queue: { class: long }, ', ['route', 'serviceLevel']],
    ['rules:\n  - {id: a, when: "true", then: {serviceLevel: ', ['interactive', 'batch']],
    ['defaults:\n  route:\n    strategy: ', ['hybrid', 'cost', 'cascade']],
    ['defaults:\n  route:\n    candidates:\n      - ', ['big', 'small']],
    ['defaults:\n  route:\n    candidates: [big, sm', ['big', 'small']],
    ['defaults: { route: { providers: [', ['openai']],
    ['defaults: { route: { regions: [', ['eu']],
    ['tenants:\n  ', ['acme']],
    ['tenants:\n  acme:\n    ', ['defaults', 'rules']],
    ['degrade: [', ['cheaper-model', 'shed-batch']],
    ['rules:\n  - id: a\n    when: features.ta', ['features.task', 'request.model', 'tenant.id']],
    ['rules:\n  - id: a\n    when: features.task == "', ['code', 'math']],
    ['defaults: { route: { cascade: { accept: "', ['answer.isJson']],
    ['rules:\n  - id: a\n    then: {}\nde', ['degrade', 'defaults']],
  ])('after %j', (before, expected) => {
    expect(labels(before)).toEqual(expect.arrayContaining(expected));
  });

  it('takes the place of what is typed already', () => {
    expect(completionOf('defaults:\n  route:\n    strategy: hy', NAMES)?.length).toBe(2);
    expect(completionOf('rules:\n  - when: request.str', NAMES)?.length).toBe('request.str'.length);
  });

  it('is silent where anything may stand', () => {
    expect(completionOf('name: ', NAMES)).toBeNull();
  });

  it('knows the facts that the documentation lists', () => {
    const text = readFileSync(path.resolve(__dirname, '../../../../../docs/policy.md'), 'utf8');
    const listed = [...text.matchAll(/^\| `((?:tenant|key|request|features)\.\w+)` \|/gm)].map(([, name]) => name);
    expect(FACTS).toEqual([...new Set(listed)]);
    for (const fact of ANSWER_FACTS) expect(text).toContain(fact);
  });
});
