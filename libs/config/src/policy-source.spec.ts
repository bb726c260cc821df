import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { formatProblem } from './config-store';
import { resolvePolicy } from './policy-source';
import { readYaml } from './read-yaml';

describe('a policy that includes other files', () => {
  let dir: string;
  beforeEach(() => (dir = realpathSync(mkdtempSync(path.join(tmpdir(), 'relay-policy-')))));
  afterEach(() => rmSync(dir, { recursive: true }));

  const write = (name: string, text: string): void => {
    mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
    writeFileSync(path.join(dir, name), text);
  };
  const resolve = (name = 'policy.yaml', onRead?: (file: string) => void) => {
    const source = readYaml(path.join(dir, name));
    if (!source.ok) throw new Error('the policy itself cannot be read');
    return resolvePolicy(source.value, '', source.value.value, { roots: [dir], onRead });
  };
  const resolved = () => {
    const policy = resolve();
    if (!policy.ok) throw new Error(policy.error.map(formatProblem).join('\n'));
    return policy.value;
  };
  const problems = () => {
    const policy = resolve();
    return policy.ok ? [] : policy.error.map((problem) => formatProblem(problem).replaceAll(`${dir}/`, ''));
  };
  const rule = (id: string) => `{ id: ${id}, when: 'true', then: { deadlineMs: 1000 } }`;

  it('says nothing of the values of what is no policy', () => {
    write(
      'relay.yaml',
      'tenants: [{ id: acme, keys: [{ value: acme-secret }] }]\nname: sk-0123456789-0123456789-0123456789',
    );
    write('.env', 'OPENAI_API_KEY=sk-12');
    write('policy.yaml', 'name: mine\nversion: 4\ninclude: [relay.yaml, .env]');
    expect(problems().join('\n')).not.toMatch(/secret|sk-|acme/);
    expect(problems()).toContainEqual(expect.stringMatching(/^relay\.yaml:1:1: tenants: found a list of 1;/));
    expect(problems()).toContainEqual(
      expect.stringMatching(/^\.env:1:1: \(document\): found a text of 20 characters;/),
    );
  });

  it('takes what is included first, in order, and wins over it', () => {
    write(
      'common.yaml',
      `defaults: { deadlineMs: 1, cache: { exact: { ttl: 1h, enabled: false } } }\nrules: [${rule('a')}]\ndegrade: [shed-batch]\nfeatures: { task: off, pii: off }`,
    );
    write('more.yaml', `defaults: { deadlineMs: 2 }\nrules: [${rule('b')}]`);
    write(
      'policy.yaml',
      `name: mine\nversion: 4\ninclude: [./common.yaml, more.yaml]\ndefaults: { cache: { exact: { ttl: 5m } } }\nrules: [${rule('c')}]\nfeatures: { task: on }`,
    );
    const { document, written, text } = resolved();
    expect(document).toMatchObject({
      name: 'mine',
      version: 4,
      defaults: { deadlineMs: 2, cache: { exact: { ttl: 300_000, enabled: false } } },
      degrade: ['shed-batch'],
      features: { task: 'on', pii: 'off', language: 'auto' },
    });
    expect(document.rules.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect(Object.keys(written)).toEqual(['name', 'version', 'defaults', 'rules', 'degrade', 'features']);
    expect(text).toBeNull();
  });

  it('merges what holds for one tenant in the same way', () => {
    write(
      'common.yaml',
      `tenants: { acme: { defaults: { deadlineMs: 1, payloadLogging: true }, rules: [${rule('a')}] }, globex: { rules: [${rule('a')}] } }`,
    );
    write(
      'policy.yaml',
      `name: p\nversion: 1\ninclude: [common.yaml]\ntenants: { acme: { defaults: { deadlineMs: 2 }, rules: [${rule('b')}] } }`,
    );
    const { tenants } = resolved().document;
    expect(tenants['acme']?.defaults).toEqual({ deadlineMs: 2, payloadLogging: true });
    expect(tenants['acme']?.rules.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(Object.keys(tenants)).toEqual(['acme', 'globex']);
  });

  it('follows files that include files, relative to each, and takes a file once', () => {
    write('shared/base.yaml', `rules: [${rule('base')}]`);
    write('shared/one.yaml', `include: [base.yaml]\nrules: [${rule('one')}]`);
    write('policy.yaml', `name: p\nversion: 1\ninclude: [shared/one.yaml, shared/base.yaml]\nrules: [${rule('own')}]`);
    const read: string[] = [];
    const policy = resolve('policy.yaml', (file) => read.push(path.relative(dir, file)));
    expect(policy.ok && policy.value.document.rules.map(({ id }) => id)).toEqual(['base', 'one', 'own']);
    expect(read).toEqual(['shared/one.yaml', 'shared/base.yaml']);
  });

  it('puts each problem in the file that has it', () => {
    write('common.yaml', `rules:\n  - ${rule('a')}\n  - { id: b, when: 'true', then: { deadlineMs: 5 } }`);
    write(
      'policy.yaml',
      `name: p\nversion: 1\ninclude: [common.yaml]\nrules:\n  - ${rule('c')}\ndefaults: { route: { qualityFloor: 1 } }`,
    );
    const { locate } = resolved();
    const place = (at: string) =>
      formatProblem(locate({ path: at, found: '', allowed: '' }))
        .replaceAll(`${dir}/`, '')
        .split(': ')
        .slice(0, 2);
    expect(place('policy.rules[1].then.deadlineMs')).toEqual(['common.yaml:3:48', 'rules[1].then.deadlineMs']);
    expect(place('policy.rules[2].id')).toEqual(['policy.yaml:5:11', 'rules[0].id']);
    expect(place('policy.defaults.route.qualityFloor')).toEqual(['policy.yaml:6:36', 'defaults.route.qualityFloor']);
  });

  it('tells problems of an included file with its name, all at once', () => {
    write('common.yaml', `rules:\n  - { id: a, whn: 'true', then: {} }\nversion: 3`);
    write('broken.yaml', 'rules: [');
    write('policy.yaml', 'name: p\nversion: none\ninclude: [common.yaml, broken.yaml]');
    expect(problems().map((line) => line.split(': ').slice(0, 2).join(' '))).toEqual([
      'policy.yaml:2:10 version',
      'common.yaml:2:5 rules[0].when',
      'common.yaml:2:14 rules[0].whn',
      'common.yaml:3:1 version',
      'broken.yaml:1:9 (document)',
    ]);
  });

  it('refuses a loop and names it', () => {
    write('a.yaml', 'include: [sub/b.yaml]');
    write('sub/b.yaml', 'description: x\ninclude: [../a.yaml]');
    write('policy.yaml', 'name: p\nversion: 1\ninclude: [a.yaml]');
    expect(problems()).toEqual([
      'sub/b.yaml:2:11: include[0]: found a loop: a.yaml -> sub/b.yaml -> a.yaml; allowed: files that do not include one another',
    ]);
  });

  it('refuses what is not there, and what lies elsewhere, also by a symbolic link', () => {
    symlinkSync('/etc', path.join(dir, 'link'));
    write(
      'policy.yaml',
      'name: p\nversion: 1\ninclude:\n  - no.yaml\n  - ../other.yaml\n  - /etc/passwd\n  - link/passwd',
    );
    const found = problems();
    expect(found[0]).toBe(
      'policy.yaml:4:5: include[0]: found "no.yaml", which is not there; allowed: a readable YAML file',
    );
    expect(found.slice(1).map((line) => line.split(';')[0])).toEqual([
      'policy.yaml:5:5: include[1]: found "../other.yaml", which lies elsewhere',
      'policy.yaml:6:5: include[2]: found "/etc/passwd", which lies elsewhere',
      'policy.yaml:7:5: include[3]: found "link/passwd", which lies elsewhere',
    ]);
  });

  it('bounds the number of files and of levels', () => {
    for (let i = 0; i < 40; i++) write(`level${i}.yaml`, `include: [level${i + 1}.yaml]`);
    write('policy.yaml', 'name: p\nversion: 1\ninclude: [level0.yaml]');
    expect(problems()).toEqual([
      expect.stringMatching(/^level7\.yaml:1:11: include\[0\]: found "level8\.yaml" at level 9;/),
    ]);
    for (let i = 0; i < 33; i++)
      write(
        `wide${i}.yaml`,
        i === 0 ? `include: [${Array.from({ length: 31 }, (_, j) => `wide${j + 2}.yaml`).join()}]` : '{}',
      );
    write('policy.yaml', 'name: p\nversion: 1\ninclude: [wide0.yaml, wide1.yaml]');
    expect(problems()).toEqual([
      expect.stringMatching(/^policy\.yaml:3:23: include\[1\]: found "wide1\.yaml" as one more file;/),
    ]);
  });

  it('refuses two rules with one id, naming both places', () => {
    write('common.yaml', `rules:\n  - ${rule('a')}`);
    write('policy.yaml', `name: p\nversion: 1\ninclude: [common.yaml]\nrules:\n  - ${rule('a')}`);
    expect(problems()).toEqual([
      'policy.yaml:5:11: rules[0].id: found "a" a second time; the first is at common.yaml:2:11; allowed: an id that no other rule has',
    ]);
  });
});
