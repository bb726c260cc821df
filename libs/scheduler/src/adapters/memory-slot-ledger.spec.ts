import { FakeClock } from '@relay/testing';
import { CONTRACT_LEASE_MS } from '../../test/ledger-user';
import { describeSlotLedger } from '../../test/slot-ledger.contract';
import { LedgerMemory, MemorySlotLedger } from './memory-slot-ledger';

describe('MemorySlotLedger', () =>
  describeSlotLedger(() => {
    const clock = new FakeClock();
    const memory = new LedgerMemory();
    return {
      ledger: (id) => new MemorySlotLedger(id, clock, memory, CONTRACT_LEASE_MS),
      pass: (ms) => clock.advanceAsync(ms),
      forget: () => Promise.resolve(memory.pools.clear()),
    };
  }));
