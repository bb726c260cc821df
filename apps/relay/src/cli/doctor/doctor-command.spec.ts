import { freePort, jsonReply, rawReply, ScriptedUpstream } from '@relay/testing';
import { buildProgram } from '../program';

describe('relay doctor, as a command', () => {
  let printed: string;
  beforeEach(() => {
    printed = '';
    jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
      printed += String(text);
      return true;
    });
  });
  afterEach(() => {
    jest.restoreAllMocks();
    process.exitCode = undefined;
  });
  const doctor = (...args: string[]) => buildProgram().parseAsync(['node', 'relay', 'doctor', ...args]);

  it('shows a table, and ends with 0 where nothing has to be mended', async () => {
    const relay = await ScriptedUpstream.start(({ path }) =>
      path === '/metrics' ? rawReply('', 'text/plain') : jsonReply({ status: 'ok', details: {} }),
    );
    await doctor('--url', relay.origin);
    await relay.close();
    expect(printed).toMatch(/^ +ok +relay {2}http:\S+ is ready$/m);
    expect(printed).toMatch(/^warn +version {2}unknown, here \S+; run the same version everywhere$/m);
    expect(printed).toMatch(/^\d+ ok, 1 to look at, 0 to mend$/m);
    expect(process.exitCode).toBeUndefined();
  });

  it('ends with 1 where something has to be, also as JSON', async () => {
    await doctor('--json', '--url', `http://127.0.0.1:${await freePort()}`);
    expect(JSON.parse(printed)).toMatchObject({
      findings: [{ check: 'relay', status: 'fail', found: expect.stringContaining('ECONNREFUSED') }],
    });
    expect(process.exitCode).toBe(1);
  });
});
