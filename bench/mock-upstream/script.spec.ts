import { DEFAULT_SCRIPT, parseScript, scriptPath } from './script';

describe('parseScript', () => {
  it('changes what it names and leaves the rest', () => {
    expect(parseScript('latency=20,fault=cut')).toEqual({ ...DEFAULT_SCRIPT, latency: 20, fault: 'cut' });
  });
  it('reads what scriptPath writes', () => {
    const path = scriptPath({ gap: 2, chunks: 7 });
    expect(path).toMatch(/^\/s\//);
    expect(parseScript(path.slice('/s/'.length))).toEqual({ ...DEFAULT_SCRIPT, gap: 2, chunks: 7 });
    expect(scriptPath({})).toBe('');
  });
  it('is the default when empty', () => expect(parseScript('')).toEqual(DEFAULT_SCRIPT));
  it.each(['speed=3', 'fault=flood', 'gap=-1', 'gap=', 'chunks=many', 'toString=1'])('refuses %s', (text) => {
    expect(() => parseScript(text)).toThrow(/known|between/);
  });
});
