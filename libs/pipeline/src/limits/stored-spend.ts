import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type Budget, BudgetBook } from '@relay/scheduler';
import { KeySpend, SpendLedger } from '@relay/trace';

/** What the traces say was spent of a budget, as they were read last. */
@Injectable()
export class StoredSpend implements OnModuleInit {
  constructor(
    private readonly ledger: SpendLedger,
    private readonly keys: KeySpend,
    private readonly book: BudgetBook,
  ) {}

  /** Keys are read only where they have a hard budget, and as soon as they have one. */
  onModuleInit(): void {
    this.keys.watch(() =>
      this.book.all().flatMap(({ tenantId, keyId, hard }) => (keyId !== null && hard ? [{ tenantId, keyId }] : [])),
    );
    this.book.whenStored(() => this.keys.readNew());
  }

  /** USD of the running period; null: not known. */
  of({ tenantId, keyId, period }: Budget): number | null {
    if (keyId !== null) return this.keys.storedUsd(tenantId, keyId, period);
    return period === 'month' ? this.ledger.storedUsd(tenantId) : this.ledger.storedTodayUsd(tenantId);
  }
}
