import 'reflect-metadata';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { addPolicyExplain } from './commands/policy-explain.command';

const RELAY = `
providers: [{ id: sim, kind: simulator }]
models:
  - { id: small, targets: [{ provider: sim, model: small }] }
  - { id: large, targets: [{ provider: sim, model: large }] }
tenants: [{ id: acme }]
policy:
  name: mine
  version: 1
  defaults: { route: { candidates: [small] } }
  rules: [{ id: german, when: 'features.language == "de"', then: { route: { candidates: [large] } } }]
`;
const REQUEST = {
  model: 'auto',
  messages: [{ role: 'user', content: 'Bitte fassen Sie den folgenden Vertrag in drei kurzen Sätzen zusammen.' }],
};

describe('explaining by the files of this machine', () => {
  let dir: string;
  let out: string;
  beforeEach(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'relay-explain-'));
    writeFileSync(path.join(dir, 'request.json'), JSON.stringify(REQUEST));
    out = '';
    jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
      out += String(text);
      return true;
    });
  });
  afterEach(() => {
    jest.restoreAllMocks();
    rmSync(dir, { recursive: true });
  });

  async function explain(config: string, ...more: string[]): Promise<string> {
    writeFileSync(path.join(dir, 'relay.yaml'), config);
    const program = new Command().exitOverride();
    addPolicyExplain(program);
    const [request, relay] = ['request.json', 'relay.yaml'].map((name) => path.join(dir, name));
    const given = ['--tenant', 'acme', '--config', relay ?? '', ...more, request ?? ''];
    await program.parseAsync(['explain', ...given], { from: 'user' });
    return out;
  }

  it('reads prompts as a relay that serves them does, their language as well', async () => {
    expect(await explain(RELAY)).toMatch(/1\. large at sim/);
  });

  it('plans a request for another route by what that route takes', async () => {
    const config = RELAY.replace('kind: simulator', 'kind: openai, baseUrl: http://127.0.0.1:9/v1').replace(
      'model: large }] }',
      'model: large }], operations: [embeddings] }',
    );
    writeFileSync(path.join(dir, 'request.json'), JSON.stringify({ model: 'large', input: 'Hallo' }));
    expect(await explain(config, '--endpoint', '/v1/embeddings')).toMatch(/1\. large at sim/);
    await expect(explain(config)).rejects.toThrow('the request is not valid: messages');
  });

  it('finds the quality model beside the relay.yaml that was named, wherever it is run', async () => {
    const quality = explain(`${RELAY}routing: { qualityModel: quality.json }\n`);
    await expect(quality).rejects.toThrow(`${path.join(dir, 'quality.json')}: cannot be read (ENOENT)`);
  });
});
