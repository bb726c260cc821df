import { environmentProxy, withEnvironmentProxy } from './environment-proxy';
import { providerSchema } from './relay-config.schema';

const PROXY = 'http://proxy.corp:3128';
const proxyOf = (url: string, env: NodeJS.ProcessEnv): string | null => environmentProxy(new URL(url), env);

describe('the proxy that the environment names', () => {
  it('is the one for the scheme, in either case, with or without its own', () => {
    expect(proxyOf('https://api.groq.com/v1', { HTTPS_PROXY: PROXY, HTTP_PROXY: 'http://other' })).toBe(PROXY);
    expect(proxyOf('http://llm.corp/v1', { HTTPS_PROXY: PROXY })).toBeNull();
    expect(proxyOf('https://api.groq.com', { https_proxy: 'proxy.corp:3128' })).toBe(PROXY);
    expect(proxyOf('https://api.groq.com', { HTTPS_PROXY: 'socks5://proxy.corp' })).toBeNull();
  });

  it.each([
    ['*', 'https://api.groq.com', false],
    ['groq.com', 'https://api.groq.com', false],
    ['.groq.com', 'https://api.groq.com', false],
    ['*.groq.com', 'https://api.groq.com', false],
    ['roq.com', 'https://api.groq.com', true],
    ['groq.com:8443', 'https://api.groq.com', true],
    ['groq.com:443', 'https://api.groq.com', false],
    ['corp, 10.0.0.0/8', 'https://10.1.2.3/v1', false],
    ['10.0.0.0/99', 'https://10.1.2.3/v1', true],
    ['10.1.2.3', 'https://10.1.2.3/v1', false],
  ])('with NO_PROXY=%s leads to %s: %s', (noProxy, url, through) => {
    expect(proxyOf(url, { HTTPS_PROXY: PROXY, NO_PROXY: noProxy })).toBe(through ? PROXY : null);
  });

  it('never leads to this machine', () => {
    for (const host of ['127.0.0.1:9', 'localhost', '[::1]:80'])
      expect(proxyOf(`https://${host}/v1`, { HTTPS_PROXY: PROXY })).toBeNull();
  });

  it('stands behind what the provider says itself', () => {
    const provider = (more: object) => providerSchema.parse({ id: 'p', kind: 'groq', ...more });
    const env = { HTTPS_PROXY: PROXY };
    expect(withEnvironmentProxy(provider({}), env).proxy).toBe(PROXY);
    expect(withEnvironmentProxy(provider({ proxy: 'none' }), env).proxy).toBe('none');
    expect(withEnvironmentProxy(provider({ kind: 'simulator' }), env).proxy).toBeUndefined();
  });
});
