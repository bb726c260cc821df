import type { Operation } from '@relay/contracts';
import type { UpstreamRequest } from '../../ports/upstream-client.port';
import { headersFor } from './operation-headers';

const OWN = ['content-type', 'application/json', 'accept', 'application/json', 'anthropic-version', '2023-06-01'];
const BETAS = ['anthropic-beta', 'b-2, b-1'];

function headersOf(
  operation: Operation,
  more: Partial<UpstreamRequest> = {},
  own = OWN,
  configured: readonly string[] = [],
): Record<string, string> {
  const request = { operation, contentType: '', ...more } as UpstreamRequest;
  const flat = headersFor(request, [...own], new Set(configured));
  const pairs = flat.flatMap((name, at) => (at % 2 === 0 ? [[name, flat[at + 1] ?? '']] : []));
  expect(new Set(pairs.map(([name]) => name)).size).toBe(pairs.length);
  return Object.fromEntries(pairs) as Record<string, string>;
}

describe('headers of a call', () => {
  it('are the provider’s own where the client named none', () => {
    expect(headersOf('messages')).toMatchObject({ 'anthropic-version': '2023-06-01', accept: 'application/json' });
  });

  it('have those of the client that change what is asked, each once, in place of the provider’s', () => {
    const headers = { 'anthropic-version': '2026-10-21', 'anthropic-beta': 'b-1' };
    expect(headersOf('messages', { headers })).toMatchObject(headers);
  });

  it('have the betas of the client beside those that are configured, each once', () => {
    const headers = { 'anthropic-beta': 'b-1,b-3' };
    const asked = headersOf('messages', { headers }, [...OWN, ...BETAS], ['anthropic-beta']);
    expect(asked['anthropic-beta']).toBe('b-2,b-1,b-3');
  });

  it('keep what is configured where the client says something else', () => {
    const headers = { 'anthropic-version': '2026-10-21' };
    expect(headersOf('messages', { headers }, OWN, ['anthropic-version'])).toMatchObject({
      'anthropic-version': '2023-06-01',
    });
  });

  it('of a form have its boundary, and take any answer where it is no JSON', () => {
    const contentType = 'multipart/form-data; boundary=x';
    expect(headersOf('audio.transcriptions', { contentType })).toMatchObject({
      'content-type': contentType,
      accept: '*/*',
    });
  });
});
