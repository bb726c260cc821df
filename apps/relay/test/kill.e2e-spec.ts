import { ScriptedUpstream, saySkipped } from '@relay/testing';
import { RelayProcess } from './relay-process';
import { ScratchDatabase } from './scratch-database';
import { ACME_KEY, ask, testConfig } from './test-config';

const CLIENTS = 16;
const ANSWERS_BEFORE_KILL = 300;
const stores = process.env.TEST_DATABASE_URL ? ['PostgreSQL'] : ['embedded'];
if (stores[0] === 'embedded') saySkipped('kill -9 on PostgreSQL, because TEST_DATABASE_URL is not set');

describe.each(stores)('kill -9 in the middle of load (%s)', (store) => {
  it('loses no trace of a request whose client got a complete answer', async () => {
    const database =
      store === 'embedded' ? null : await ScratchDatabase.create(process.env.TEST_DATABASE_URL ?? '', 'kill');
    const env = database ? { DATABASE_URL: database.url } : {};
    const upstream = await ScriptedUpstream.start();
    const config = testConfig(upstream);
    const relay = await RelayProcess.start({ config, env });
    const answered: string[] = [];
    const kills: Promise<void>[] = [];

    const client = async (number: number): Promise<void> => {
      for (let i = 0; ; i++) {
        try {
          const stream = i % 2 === 0;
          const reply = await relay.post(ACME_KEY, ask(`client ${number} request ${i}`, { stream }));
          const text = await reply.text();
          const complete = stream ? text.endsWith('data: [DONE]\n\n') : text.endsWith('}');
          if (complete) answered.push(reply.headers.get('x-relay-trace-id') ?? 'none');
        } catch {
          return; // the relay is gone
        }
        if (answered.length >= ANSWERS_BEFORE_KILL) {
          if (kills.length === 0) kills.push(relay.kill('SIGKILL'));
        }
      }
    };
    await Promise.all(Array.from({ length: CLIENTS }, (_, number) => client(number)));
    await Promise.all(kills);
    expect(answered.length).toBeGreaterThanOrEqual(ANSWERS_BEFORE_KILL);

    const again = await RelayProcess.start({ config, env, folder: relay.folder });
    const admin = await again.admin();
    const wanted = new Set(answered);
    const stored = new Set((await admin.traces('tenant=acme')).map((row) => row.id).filter((id) => wanted.has(id)));
    expect(answered.filter((id) => !stored.has(id))).toEqual([]);
    const one = await admin.trace(answered[0] ?? null);
    expect(one.plan).not.toBeNull(); // the plan it refers to has survived as well
    await again.close();
    await upstream.close();
    await database?.drop();
  }, 180_000);
});
