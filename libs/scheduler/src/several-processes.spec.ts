import { FakeClock } from '@relay/testing';
import {
  granted,
  POOL,
  refused,
  requestOf,
  sharedMemoryBackends,
  SILENT,
  startScheduler,
} from '../test/scheduler-harness';
import { InProcessBus, InProcessHub } from './adapters/in-process-bus';
import { FailoverTicketLine } from './adapters/failover-ticket-line';
import { LedgerMemory } from './adapters/memory-slot-ledger';
import type { BusMessage } from './messages';
import type { TicketLine } from './ports/ticket-line.port';
import type { Scheduler } from './scheduler.service';
import type { AdmissionRequest, Slot } from './slot';

const only = (scheduler: Scheduler) => scheduler.snapshot()[0]!;
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

function twoSchedulers(
  slots: readonly [number, number],
  lineOf: (shared: TicketLine, clock: FakeClock) => TicketLine = (shared) => shared,
) {
  const clock = new FakeClock();
  const hub = new InProcessHub();
  const backends = sharedMemoryBackends(['process-a', 'process-b'], clock, hub).map((backend) => ({
    ...backend,
    openLine: (pool: string) => lineOf(backend.openLine(pool), clock),
  }));
  const [a, b] = backends.map((backend, i) => startScheduler(backend, { slots: slots[i] }, clock).scheduler);
  const request = (tenant: string) => requestOf(tenant, { deadlineAt: clock.now() + 600_000 });
  return { clock, hub, backends, line: backends[0]!.openLine(POOL), a: a!, b: b!, request };
}

/** A process that takes part in the conversation only as far as the test tells it to. */
async function puppet(hub: InProcessHub, id: string) {
  const bus = new InProcessBus(id, hub, true);
  const heard: BusMessage[] = [];
  await bus.start(({ message }) => heard.push(message));
  return { bus, heard };
}

const ticketOfPuppet = (queueClass: 'short' | 'long') => ({
  ...{ pool: POOL, tenant: 't', owner: 'puppet', cost: 10, level: 'standard' as const, tag: 0 },
  class: queueClass,
});

describe('Schedulers of several processes', () => {
  it('lend a free slot to the process whose request is next, and get it back when that is done', async () => {
    const { a, b, request } = twoSchedulers([1, 1]);
    const busy = a.tryAcquire(request('t'))!;
    const outcome = await a.admit(request('t')); // a has no slot, b lends one
    expect(only(b).inUse).toBe(1);
    expect(b.tryAcquire(request('u'))).toBeNull();
    granted(outcome).release();
    await turn();
    expect(only(b).inUse).toBe(0);
    expect(only(a).inUse).toBe(1);
    busy.release();
  });

  it('keep a lent slot for as long as its user says that it uses it', async () => {
    const { clock, a, b, request } = twoSchedulers([1, 1]);
    a.tryAcquire(request('t'));
    const lent = granted(await a.admit(request('t')));
    await clock.advanceAsync(60_000);
    expect(only(b).inUse).toBe(1);
    lent.release();
    await turn();
    expect(only(b).inUse).toBe(0);
  });

  it('do not wait for a process that is gone: its ticket is given up and the slot serves the next', async () => {
    const { hub, line, a, b, request } = twoSchedulers([1, 1]);
    const [slotA, slotB] = [a.tryAcquire(request('t'))!, b.tryAcquire(request('t'))!];
    const waiting = a.admit(request('t'));
    hub.members.delete('process-a'); // as after a crash: its ticket still stands
    slotB.release();
    await turn();
    expect(only(b).inUse).toBe(0);
    expect(await line.take('short')).toBeNull();
    slotA.release();
    void waiting;
  });

  it('take a slot back when the offer is not answered within a second, and offer it once more', async () => {
    const { clock, hub, line, b } = twoSchedulers([1, 1]);
    const { bus, heard } = await puppet(hub, 'puppet');
    const data = ticketOfPuppet('short');
    await line.add({ id: 'puppet-1', priority: 1, data });
    await bus.send('process-b', { type: 'waiting', pool: POOL, clock: { virtualTime: 0, base: 0 } });
    await turn();
    expect(heard).toContainEqual(expect.objectContaining({ type: 'grant', ticketId: 'puppet-1' }));
    expect(only(b).inUse).toBe(1);
    const offers = () => heard.filter((message) => message.type === 'grant');
    await clock.advanceAsync(999);
    expect([only(b).inUse, offers().length]).toEqual([1, 1]);
    await clock.advanceAsync(1);
    expect([only(b).inUse, offers().length]).toEqual([1, 2]); // its owner may have missed the first one
    await clock.advanceAsync(1_000);
    expect([only(b).inUse, offers().length]).toEqual([0, 2]);
  });

  it('leave an offer standing that went out although its sending failed', async () => {
    const { clock, hub, backends, line, b } = twoSchedulers([1, 1]);
    const { bus, heard } = await puppet(hub, 'puppet');
    const busOfB = backends[1]!.bus;
    const send = busOfB.send.bind(busOfB);
    jest.spyOn(busOfB, 'send').mockImplementation(async (to, message) => {
      await send(to, message);
      throw new Error('no answer in time');
    });
    for (const id of ['puppet-1', 'puppet-2']) await line.add({ id, priority: 1, data: ticketOfPuppet('short') });
    await bus.send('process-b', { type: 'waiting', pool: POOL, clock: { virtualTime: 0, base: 0 } });
    await turn();
    const offers = heard.filter((message) => message.type === 'grant');
    expect(offers).toHaveLength(1); // its one slot is not offered to the second as well
    await bus.send('process-b', { type: 'accept', pool: POOL, grantId: offers[0]!.grantId });
    await clock.advanceAsync(1_000);
    expect(only(b).inUse).toBe(1);
  });

  it('take a slot back when its user falls silent, and count one that answers late', async () => {
    const { clock, hub, line, b } = twoSchedulers([1, 1]);
    const { bus, heard } = await puppet(hub, 'puppet');
    const data = ticketOfPuppet('long');
    await line.add({ id: 'puppet-1', priority: 1, data });
    await bus.send('process-b', { type: 'waiting', pool: POOL, clock: { virtualTime: 0, base: 0 } });
    await turn();
    const grant = heard.find((message) => message.type === 'grant')!;
    await clock.advanceAsync(3_000); // given up by now
    await bus.send('process-b', { type: 'accept', pool: POOL, grantId: grant.grantId });
    expect(only(b).inUse).toBe(1);
    await clock.advanceAsync(2_000);
    expect(only(b).inUse).toBe(1);
    await clock.advanceAsync(1_000);
    expect(only(b).inUse).toBe(0);
  });

  it('take a slot back that its user does not name any more: its release got lost', async () => {
    const { clock, hub, line, b } = twoSchedulers([1, 1]);
    const { bus, heard } = await puppet(hub, 'puppet');
    const data = ticketOfPuppet('short');
    await line.add({ id: 'puppet-1', priority: 1, data });
    await bus.send('process-b', { type: 'waiting', pool: POOL, clock: { virtualTime: 0, base: 0 } });
    await turn();
    const { grantId } = heard.find((message) => message.type === 'grant')!;
    await bus.send('process-b', { type: 'held', pool: POOL, grantIds: [] }); // on its way before the offer was seen
    expect(only(b).inUse).toBe(1);
    await bus.send('process-b', { type: 'accept', pool: POOL, grantId });
    await bus.send('process-b', { type: 'held', pool: POOL, grantIds: [grantId] });
    await clock.advanceAsync(2_000);
    expect(only(b).inUse).toBe(1);
    await bus.send('process-b', { type: 'held', pool: POOL, grantIds: [] });
    await turn();
    expect(only(b).inUse).toBe(0);
  });

  it('count the calls in slots that others lend when one is refused', async () => {
    const { a, request } = twoSchedulers([20, 20]);
    const own = Array.from({ length: 20 }, () => a.tryAcquire(request('t'))!);
    const lent = (await Promise.all(own.map(() => a.admit(request('t'))))).map(granted);
    for (const slot of own) slot.release();
    lent[0]?.release({ ended: 'rate-limited' });
    expect(only(a)).toMatchObject({ poolLimit: 14, limitedBy: 'rate-limited' }); // x 0.7, not down to a handful
  });

  it('count what a process lent them as their own when it stops', async () => {
    const { a, b, request } = twoSchedulers([1, 1]);
    const own = a.tryAcquire(request('t'))!;
    const lent = granted(await a.admit(request('t')));
    expect(only(a).inUse).toBe(1);
    await b.close();
    expect(only(a).inUse).toBe(2);
    own.release();
    expect(a.tryAcquire(request('t'))).toBeNull(); // the call in the slot that was lent is one of the limit
    lent.release();
    expect(only(a).inUse).toBe(0);
  });

  it('issue a ticket again that got lost', async () => {
    const { clock, line, a, b, request } = twoSchedulers([1, 1]);
    const [slotA, slotB] = [a.tryAcquire(request('t'))!, b.tryAcquire(request('t'))!];
    const waiting = a.admit(request('t'));
    await turn();
    expect(await line.take('short')).not.toBeNull(); // taken by a process that then died
    slotA.release();
    await turn();
    expect(only(a).waiting.short).toBe(1);
    await clock.advanceAsync(6_000);
    granted(await waiting).release();
    slotB.release();
  });

  it('issue it again within two seconds where others have been called that were due later', async () => {
    const { clock, hub, line, a, b, request } = twoSchedulers([1, 1]);
    for (const scheduler of [a, b]) scheduler.tryAcquire(request('t')); // to the end
    const waiting = a.admit(request('t'));
    await turn();
    const lost = await line.take('short'); // by a process that then died
    const { bus } = await puppet(hub, 'puppet');
    await bus.send('process-a', { type: 'clock', pool: POOL, clock: { virtualTime: 10_000, base: 0 } });
    await clock.advanceAsync(2_000);
    const again = await line.take('short');
    expect(again?.data.owner).toBe('process-a');
    expect(again?.id).not.toBe(lost?.id);
    void waiting;
  });

  it('share one virtual time, so that a tenant of one process does not overtake by asking another', async () => {
    const { a, b, request } = twoSchedulers([1, 1]);
    for (let i = 0; i < 50; i++) a.tryAcquire(request('busy'))!.release();
    const [slotA, slotB] = [a.tryAcquire(request('x'))!, b.tryAcquire(request('x'))!];
    const order: string[] = [];
    const wait = async (scheduler: Scheduler, tenant: string) => {
      const slot = granted(await scheduler.admit(request(tenant)));
      order.push(tenant);
      await turn();
      slot.release();
    };
    const viaA = Array.from({ length: 6 }, () => wait(a, 'viaA'));
    await turn();
    const viaB = Array.from({ length: 6 }, () => wait(b, 'viaB'));
    await turn();
    slotA.release();
    await Promise.all([...viaA, ...viaB]);
    expect(order.slice(0, 6).filter((tenant) => tenant === 'viaA').length).toBeGreaterThanOrEqual(2);
    expect(order.slice(0, 6).filter((tenant) => tenant === 'viaB').length).toBeGreaterThanOrEqual(2);
    slotB.release();
  });

  it('refuse what waits when they stop, and leave nothing in line', async () => {
    const { line, a, b, request } = twoSchedulers([1, 1]);
    const slotB = b.tryAcquire(request('t'))!;
    a.tryAcquire(request('t'));
    const waiting = a.admit(request('t'));
    await a.close();
    expect(refused(await waiting).code).toBe('unavailable');
    expect(await line.take('short')).toBeNull();
    slotB.release();
    expect(only(b).inUse).toBe(0);
  });

  it('ask the class first whose ticket is due first, wherever it was issued', async () => {
    const { a, b, request } = twoSchedulers([1, 1]);
    a.tryAcquire(request('x')); // to the end
    const busy = b.tryAcquire(request('x'))!;
    const order: string[] = [];
    const ask = async (scheduler: Scheduler, tenant: string, changes: Partial<AdmissionRequest>): Promise<void> => {
      const slot = granted(await scheduler.admit({ ...request(tenant), ...changes }));
      order.push(tenant);
      slot.release();
    };
    const first = ask(b, 'chat', { cost: 500 });
    const others = [ask(b, 'chat', { cost: 500 }), ask(a, 'report', { class: 'long', cost: 2_000 })];
    await turn();
    busy.release();
    await Promise.all([first, ...others]);
    expect(order.indexOf('report')).toBeLessThan(2); // its tag was the virtual time, that of the second chat 500 later
  });

  it('serve a tenant once, however many of them it asks', async () => {
    const { clock, a, b, request } = twoSchedulers([1, 1]);
    const busy = [a.tryAcquire(request('first'))!, b.tryAcquire(request('first'))!];
    const order: string[] = [];
    const running: Slot[] = [];
    const ask = async (scheduler: Scheduler, tenant: string): Promise<void> => {
      const outcome = await scheduler.admit(request(tenant));
      if (!outcome.ok) return;
      order.push(tenant);
      running.push(outcome.value);
    };
    for (let i = 0; i < 60; i++) {
      for (const scheduler of [a, b]) void ask(scheduler, 'everywhere');
      void ask(a, 'here');
    }
    for (const slot of busy) slot.release();
    while (order.length < 80) {
      await clock.advanceAsync(30);
      running.shift()?.release({ ended: 'completed' });
    }
    expect(order.filter((tenant) => tenant === 'here').length).toBeGreaterThanOrEqual(36);
    expect(order.filter((tenant) => tenant === 'here').length).toBeLessThanOrEqual(44);
  });

  it('correct aloud what they charged aloud, and nothing else', async () => {
    const { clock, hub, a, b, request } = twoSchedulers([1, 1]);
    const { heard } = await puppet(hub, 'puppet');
    const busy = [a, b].map((scheduler) => scheduler.tryAcquire(request('x'))!);
    const waiting = ['first', 'second'].map((tenant) => a.admit(request(tenant)));
    await turn();
    busy[0]?.release();
    granted(await waiting[0]!).release({ ended: 'completed', cost: 40 });
    granted(await waiting[1]!).release({ ended: 'completed', cost: 40 });
    await clock.advanceAsync(100);
    const charges = heard.flatMap((message) => (message.type === 'charges' ? message.charges : []));
    const told = (tenant: string) =>
      charges.filter(([id]) => id === tenant).reduce((sum, [, tokens]) => sum + tokens, 0);
    expect(told('first')).toBe(0); // charged while nobody waited yet
    expect(told('second')).toBe(40);
  });

  it('share the slots of a provider, and those of a tenant with a limit of its own, wherever the load is', async () => {
    const clock = new FakeClock();
    const backends = sharedMemoryBackends(['process-a', 'process-b'], clock, new InProcessHub(), new LedgerMemory());
    const [a, b] = backends.map((backend) => startScheduler(backend, { slots: 6 }, clock).scheduler) as [
      Scheduler,
      Scheduler,
    ];
    const deadlineAt = clock.now() + 600_000;
    const admit = async (scheduler: Scheduler, tenant: string, tenantConcurrency?: number) =>
      granted(await scheduler.admit(requestOf(tenant, { deadlineAt, tenantConcurrency })));
    const first = await admit(a, 'limited', 1);
    const elsewhere = admit(b, 'limited', 1);
    const others = await Promise.all([1, 2, 3, 4, 5].map(() => admit(b, 'other')));
    expect(only(a).inUse + only(b).inUse).toBe(6);
    expect([a, b].map((scheduler) => scheduler.tryAcquire(requestOf('other', { deadlineAt })))).toEqual([null, null]);
    expect(only(b).waiting.short).toBe(1);
    first.release();
    const second = await elsewhere;
    for (const slot of [second, ...others]) slot.release();
    await turn();
    expect(only(a).inUse + only(b).inUse).toBe(0);
  });

  it('leave slots to what only others see: work of the level batch in one, requests of people in another', async () => {
    const clock = new FakeClock();
    const backends = sharedMemoryBackends(['gateway', 'worker'], clock, new InProcessHub(), new LedgerMemory());
    const [gateway, worker] = backends.map((backend) => startScheduler(backend, { slots: 20 }, clock).scheduler) as [
      Scheduler,
      Scheduler,
    ];
    const deadlineAt = clock.now() + 600_000;
    const admit = (scheduler: Scheduler, changes: Partial<AdmissionRequest>) =>
      scheduler.admit(requestOf('t', { deadlineAt, ...changes }));
    const people = [granted(await admit(gateway, {})), granted(await admit(gateway, {}))];
    await clock.advanceAsync(1_000);
    for (let line = 0; line < 60; line++) void admit(worker, { class: 'long', level: 'batch', tenantId: `t${line}` });
    await clock.advanceAsync(5_000);
    expect(only(worker).waiting.long).toBe(60 - 16);
    for (const ask of [1, 2]) people.push(granted(await admit(gateway, { cost: ask }))); // though no call has ended
    expect(only(worker).inUse + only(gateway).inUse).toBe(20);
    for (const slot of people) slot.release({ ended: 'completed' });
    await clock.advanceAsync(62_000); // nobody came
    expect(only(worker).inUse + only(gateway).inUse).toBe(20);
  });

  describe('with requests of one tenant at several levels', () => {
    /** A gateway and a worker with a slot each, both busy; what is asked is told in the order in which it is served. */
    function busyTwo(lineOf: (shared: TicketLine, clock: FakeClock) => TicketLine = (shared) => shared) {
      const { clock, hub, backends, a: gateway, b: worker } = twoSchedulers([1, 1], lineOf);
      const busy = [gateway, worker].map((scheduler) => scheduler.tryAcquire(requestOf('first'))!);
      const order: string[] = [];
      const running: Slot[] = [];
      const ask = (scheduler: Scheduler, name: string, changes: Partial<AdmissionRequest>): void => {
        const request = requestOf('t', { deadlineAt: clock.now() + 600_000, ...changes });
        void scheduler.admit(request).then((outcome) => {
          if (!outcome.ok) return;
          order.push(name);
          running.push(outcome.value);
        });
      };
      const serve = async (count: number): Promise<void> => {
        for (let served = 0; served < count; served++) {
          (busy.pop() ?? running.shift())?.release({ ended: 'completed' });
          await clock.advanceAsync(60);
        }
      };
      return { clock, hub, backends, gateway, worker, order, ask, serve };
    }
    const LINE: Partial<AdmissionRequest> = { level: 'batch', class: 'long', cost: 1_000 };

    it('serve what people wait for in one before the batch lines that wait in the other, and those after', async () => {
      const { clock, gateway, worker, order, ask, serve } = busyTwo();
      for (let line = 0; line < 4; line++) ask(worker, 'line', LINE);
      await clock.advanceAsync(2_000);
      for (let chat = 0; chat < 3; chat++) ask(gateway, 'chat', {});
      await clock.advanceAsync(2_000);
      await serve(10);
      expect(order).toEqual(['chat', 'chat', 'chat', 'line', 'line', 'line', 'line']);
    });

    it('give them the place of those lines among the tenants', async () => {
      const { clock, gateway, worker, order, ask, serve } = busyTwo();
      for (let other = 0; other < 20; other++) ask(gateway, 'other', { tenantId: 'other' });
      await clock.advanceAsync(2_000);
      for (let line = 0; line < 4; line++) ask(worker, 'line', LINE);
      await clock.advanceAsync(2_000);
      ask(gateway, 'chat', {});
      await clock.advanceAsync(2_000);
      await serve(3);
      expect(order.slice(0, 2)).toContain('chat'); // not after the two lines that were stamped before it came
    });

    it('let no line wait for longer than levels yield', async () => {
      const { clock, gateway, worker, order, ask, serve } = busyTwo();
      ask(worker, 'line', LINE);
      await clock.advanceAsync(119_000);
      const chat: Partial<AdmissionRequest> = { level: 'interactive', cost: 10_000 };
      ask(gateway, 'chat', chat);
      await clock.advanceAsync(500);
      ask(gateway, 'chat', chat);
      await clock.advanceAsync(3_000);
      for (let later = 0; later < 6; later++) ask(gateway, 'later', chat);
      await clock.advanceAsync(3_000);
      await serve(9);
      expect(order.slice(0, 2)).toEqual(['chat', 'chat']); // it is due at 120 s, they at 119
      expect(order.indexOf('line')).toBeLessThan(5); // it takes its turn among those that are due later
    });

    it('serve the lines when the one that waits at a level above falls silent', async () => {
      const { clock, hub, worker, order, ask, serve } = busyTwo();
      const { bus } = await puppet(hub, 'puppet');
      ask(worker, 'line', LINE);
      await bus.broadcast({ type: 'levels', pool: POOL, tenants: [['t', { short: { interactive: 0 } }]] });
      await serve(2);
      expect(order).toEqual([]);
      await clock.advanceAsync(4_000);
      expect(order).toEqual(['line']);
    });

    it('serve interactive before standard requests, wherever they wait, and for however long', async () => {
      const { clock, gateway, worker, order, ask, serve } = busyTwo();
      for (let i = 0; i < 3; i++) ask(worker, 'standard', { cost: 1_000 });
      await clock.advanceAsync(1_000);
      for (let i = 0; i < 2; i++) ask(gateway, 'interactive', { level: 'interactive' });
      await clock.advanceAsync(5_000);
      await serve(6);
      expect(order).toEqual(['interactive', 'interactive', 'standard', 'standard', 'standard']);
    });

    it('serve what people wait for first also when the batch lines come only now', async () => {
      const { clock, a, b, request } = twoSchedulers([2, 2]);
      const order: string[] = [];
      const ask = async (scheduler: Scheduler, name: string, changes: Partial<AdmissionRequest>): Promise<void> => {
        await scheduler.admit({ ...request('t'), ...changes });
        order.push(name);
      };
      const busy = [a, a, b, b].map((scheduler) => scheduler.tryAcquire(request('first'))!);
      for (let chat = 0; chat < 6; chat++) void ask(a, 'chat', {});
      await clock.advanceAsync(500); // less than the second in which all is told again
      for (let line = 0; line < 4; line++) void ask(b, 'line', LINE);
      await clock.advanceAsync(100);
      for (const slot of busy) slot.release({ ended: 'completed' });
      await turn();
      expect(order).toEqual(['chat', 'chat', 'chat', 'chat']);
    });

    it('serve the lines at once when the process stops that waited', async () => {
      const { hub, worker, order, ask, serve } = busyTwo();
      const { bus } = await puppet(hub, 'puppet');
      ask(worker, 'line', LINE);
      await bus.broadcast({ type: 'levels', pool: POOL, tenants: [['t', { short: { interactive: 0 } }]] });
      await serve(1);
      expect(order).toEqual([]);
      await bus.broadcast({ type: 'bye' });
      await turn();
      expect(order).toEqual(['line']);
    });

    it('serve the lines when what waits elsewhere may not be called, as its tenant has as many slots there as it may', async () => {
      const { clock, gateway, worker, order, ask, serve } = busyTwo();
      ask(gateway, 'first', { tenantConcurrency: 1 });
      await serve(1);
      ask(worker, 'line', LINE);
      ask(gateway, 'second', { tenantConcurrency: 1 });
      await clock.advanceAsync(3_000);
      await serve(1);
      expect(order).toEqual(['first', 'line']);
    });

    it('let short requests not wait for a long one of a level above that has no room where they are', async () => {
      const { clock, a, b, request } = twoSchedulers([10, 10]);
      const ask = (scheduler: Scheduler, changes: Partial<AdmissionRequest>) =>
        scheduler.admit({ ...request('t'), ...changes });
      for (const scheduler of [a, b]) scheduler.tryAcquire(request('x'))!.release({ ended: 'completed' });
      for (let call = 0; call < 10; call++) granted(await ask(a, { tenantId: 'x' }));
      for (let call = 0; call < 9; call++) await ask(b, { class: 'long', tenantId: 'y' });
      const kept = granted(await ask(b, { tenantId: 'x' })); // in the slot that long requests leave
      await clock.advanceAsync(1_000);
      void ask(a, { class: 'long', level: 'interactive' });
      const short = ask(b, {});
      await clock.advanceAsync(100);
      kept.release({ ended: 'completed' });
      granted(await short);
      expect(only(a).waiting.long).toBe(1);
    });

    it('serve the lines while each process calls its own tickets only, as the shared line fails', async () => {
      let fails = false;
      const { clock, gateway, worker, order, ask, serve } = busyTwo((shared, clock) => {
        const failing = new Proxy(shared, {
          get: (line, name: keyof TicketLine) => {
            const member = line[name];
            if (typeof member !== 'function') return member;
            return fails ? () => Promise.reject(new Error('out of memory')) : member.bind(line);
          },
        });
        return new FailoverTicketLine(failing, clock, SILENT);
      });
      ask(worker, 'line', LINE);
      await clock.advanceAsync(2_000);
      ask(gateway, 'chat', {});
      await clock.advanceAsync(100);
      fails = true;
      await serve(1); // that of the worker
      await clock.advanceAsync(2_000);
      expect(order).toEqual(['line']);
    });

    it('give a slot for batch work to the tenant that lets nothing pass', async () => {
      const { hub, clock, worker, order, ask, serve } = busyTwo();
      const { bus } = await puppet(hub, 'puppet');
      const line = { ...LINE, tenantId: 'other' };
      ask(worker, 'first', line);
      await serve(1);
      ask(worker, 'line', LINE);
      await bus.broadcast({ type: 'levels', pool: POOL, tenants: [['t', { short: { interactive: 0 } }]] });
      ask(worker, 'other', line);
      await clock.advanceAsync(10);
      await serve(2);
      expect(order).toEqual(['first', 'other']);
    });

    it('tell nothing of levels while nobody elsewhere would let them pass', async () => {
      const { clock, hub, gateway, worker, ask } = busyTwo();
      const { heard } = await puppet(hub, 'puppet');
      const levels = () => heard.filter(({ type }) => type === 'levels').length;
      for (const scheduler of [gateway, worker]) ask(scheduler, 'chat', {});
      await clock.advanceAsync(5_000);
      expect(levels()).toBe(0);
      ask(worker, 'line', LINE);
      await clock.advanceAsync(3_000);
      expect(levels()).toBeGreaterThanOrEqual(3); // again every second: who hears nothing for three forgets
    });
  });
});
