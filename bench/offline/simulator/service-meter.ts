import type { Service } from './service-model';
import { generated } from './service-model';
import type { Attempt, Observer } from './sim-call';
import { INPUT_WEIGHT, OUTPUT_WEIGHT } from './token-weights';

/** What a tenant has got up to now, and whether it waits for more. */
interface Account {
  service: number; // weighted tokens over its weight
  waiting: number;
}

interface UnderWay {
  readonly startedMs: number;
  readonly service: Service;
  counted: number; // output tokens
}

/** Called when the service of tenants or who is backlogged has changed. */
export type ServiceListener = (nowMs: number, tenants: readonly Readonly<Account>[]) => void;

/**
 * The service of each tenant as the VTC paper defines it: input tokens when a request starts, output tokens as they are made, weighted, over
 * the tenant's weight. A tenant is backlogged while a request of it waits.
 */
export class ServiceMeter implements Observer {
  private readonly accounts = new Map<string, Account>();
  private readonly order: Account[] = [];
  private readonly underWay = new Map<Attempt, UnderWay>();
  /** Largest input of a request, and most tokens that calls under way held at once: L and M of the bound. */
  private longestInput = 0;
  private heldTokens = 0;
  private mostTokens = 0;

  constructor(
    tenants: readonly string[],
    private readonly listeners: readonly ServiceListener[],
  ) {
    for (const tenant of tenants) this.accountOf(tenant);
  }

  /** How far apart the service of two backlogged tenants may be: 2 max(wp L, wq M), theorem 4.4 of the VTC paper, over the smallest weight. */
  bound(smallestWeight: number): number {
    return (2 * Math.max(INPUT_WEIGHT * this.longestInput, OUTPUT_WEIGHT * this.mostTokens)) / smallestWeight;
  }

  arrived({ call }: Attempt, nowMs: number): void {
    this.catchUp(nowMs);
    this.accountOf(call.tenant).waiting++;
    this.tell(nowMs);
  }

  started(attempt: Attempt, nowMs: number, service: Service): void {
    const { call } = attempt;
    this.catchUp(nowMs);
    this.longestInput = Math.max(this.longestInput, call.input);
    this.heldTokens += call.input + call.output;
    this.mostTokens = Math.max(this.mostTokens, this.heldTokens);
    this.underWay.set(attempt, { startedMs: nowMs, service, counted: 0 });
    const account = this.accountOf(call.tenant);
    account.service += (INPUT_WEIGHT * call.input) / call.weight;
    account.waiting--;
    this.tell(nowMs);
  }

  ended(attempt: Attempt, nowMs: number): void {
    this.catchUp(nowMs);
    this.underWay.delete(attempt);
    this.heldTokens -= attempt.call.input + attempt.call.output;
    this.tell(nowMs);
  }

  refused({ call }: Attempt, nowMs: number): void {
    this.catchUp(nowMs);
    this.accountOf(call.tenant).waiting--;
    this.tell(nowMs);
  }

  /** Adds the output that was made since the last event. */
  private catchUp(nowMs: number): void {
    for (const [{ call }, under] of this.underWay) {
      const now = generated(call, under.service, nowMs - under.startedMs);
      this.accountOf(call.tenant).service += (OUTPUT_WEIGHT * (now - under.counted)) / call.weight;
      under.counted = now;
    }
    this.tell(nowMs);
  }

  private tell(nowMs: number): void {
    for (const listener of this.listeners) listener(nowMs, this.order);
  }

  private accountOf(tenant: string): Account {
    const known = this.accounts.get(tenant);
    if (known) return known;
    const account = { service: 0, waiting: 0 };
    this.accounts.set(tenant, account);
    this.order.push(account);
    return account;
  }
}
