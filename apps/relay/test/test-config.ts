import type { ScriptedUpstream } from '@relay/testing';

export const ACME_KEY = 'acme-key-for-tests';
export const GLOBEX_KEY = 'globex-key-for-tests';
export const OPERATOR_KEY = 'act-as-key-for-tests';

interface Variations {
  readonly concurrency?: number;
  readonly scheduler?: object;
  readonly timeouts?: object;
  readonly server?: object;
  readonly fallback?: ScriptedUpstream;
  readonly policy?: object;
}

/** A relay.yaml with two tenants, one upstream, and a second one where a fallback is wanted. */
export function testConfig(upstream: ScriptedUpstream, variations: Variations = {}): object {
  const { concurrency = 64, scheduler, timeouts, server, fallback, policy } = variations;
  const provider = (id: string, of: ScriptedUpstream) => ({
    id,
    kind: 'openai',
    baseUrl: of.baseUrl,
    apiKey: `secret-of-${id}`,
    limits: { concurrency },
    preheat: { connections: 0 }, // the scripts are for the requests
    ...(timeouts ? { timeouts } : {}),
  });
  return {
    providers: [provider('mock', upstream), ...(fallback ? [provider('spare', fallback)] : [])],
    models: [
      {
        id: 'small',
        tier: 'basic',
        targets: [
          { provider: 'mock', model: 'mock-small', weight: 1000000 },
          ...(fallback ? [{ provider: 'spare', model: 'spare-small', weight: 0.000001 }] : []),
        ],
        price: { inputPerMTok: 0.15, outputPerMTok: 0.6 },
      },
    ],
    tenants: [
      { id: 'acme', keys: [{ name: 'ci', value: ACME_KEY }] },
      { id: 'globex', keys: [{ name: 'ci', value: GLOBEX_KEY }] },
      { id: 'platform', keys: [{ name: 'ops', value: OPERATOR_KEY, scopes: ['inference', 'tenant:act-as'] }] },
    ],
    ...(scheduler ? { scheduler } : {}),
    ...(server ? { server } : {}),
    ...(policy ? { policy } : {}),
  };
}

export const ask = (
  content: string,
  more: object = {},
): { model: string; messages: { role: 'user'; content: string }[] } => ({
  model: 'small',
  messages: [{ role: 'user', content }],
  ...more,
});
