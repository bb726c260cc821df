import { callHeaders } from './call-headers';

describe('headers of a call that a package makes', () => {
  const sent = (own: Record<string, string>, configured: Record<string, string>): Record<string, string> => {
    const flat = callHeaders({ headers: own }, configured, { requestId: 'r', stream: false });
    return Object.fromEntries(flat.flatMap((name, at) => (at % 2 === 0 ? [[name, flat[at + 1] ?? '']] : [])));
  };

  it('are those that are configured in place of its own', () => {
    expect(sent({ 'x-mode': 'its own' }, { 'X-Mode': 'ours' })).toMatchObject({ 'x-mode': 'ours' });
  });

  it('have the betas that it needs beside those that are configured', () => {
    const { 'anthropic-beta': betas } = sent({ 'anthropic-beta': 'a,b' }, { 'Anthropic-Beta': 'b, c' });
    expect(betas).toBe('a,b,c');
  });
});
