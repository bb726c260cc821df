import { publicBaseUrl } from './public-base-url';

describe('publicBaseUrl', () => {
  it('leaves out whatever may be a secret', () => {
    const baseUrl = 'https://me:secret@llm.example:8443/v1?key=secret#secret';
    expect(publicBaseUrl({ kind: 'openai', baseUrl })).toBe('https://llm.example:8443/v1');
  });

  it('knows where providers are that need no URL', () => {
    expect(publicBaseUrl({ kind: 'groq' })).toBe('https://api.groq.com/openai/v1');
    expect(publicBaseUrl({ kind: 'simulator', baseUrl: 'http://ignored' })).toBeNull();
  });
});
