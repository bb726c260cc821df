import { systemClock } from '@relay/core';
import { describeMessageBus } from '../../test/message-bus.contract';
import { SILENT } from '../../test/scheduler-harness';
import { describeTicketLine } from '../../test/ticket-line.contract';
import { FailoverTicketLine } from './failover-ticket-line';
import { InProcessBus, InProcessHub } from './in-process-bus';
import { MemoryTicketLine } from './memory-ticket-line';

describe('MemoryTicketLine', () => describeTicketLine(() => new MemoryTicketLine()));

describe('FailoverTicketLine', () =>
  describeTicketLine(() => new FailoverTicketLine(new MemoryTicketLine(), systemClock, SILENT)));

describe('FailoverTicketLine without its shared line', () =>
  describeTicketLine(() => {
    const broken = new MemoryTicketLine();
    const fail = () => Promise.reject(new Error('away'));
    return new FailoverTicketLine(Object.assign(broken, { add: fail, take: fail }), systemClock, SILENT);
  }));

describe('InProcessBus', () => {
  const hub = new InProcessHub();
  describeMessageBus((id) => new InProcessBus(id, hub, true));
});
