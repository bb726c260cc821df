import type { EntityManager } from 'typeorm';

/** Who changes something, as the log of changes names them. */
export interface Actor {
  readonly id: string;
  readonly email: string;
}

export interface AuditedChange {
  readonly actor: Actor;
  readonly action: string; // e.g. policy.publish
  readonly target: string; // e.g. default@7
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Where changes are told to, within the transaction that makes them. */
export interface AuditTrail {
  append(change: AuditedChange, transaction: EntityManager): Promise<void>;
}

/** Injection token of the `AuditTrail`. */
export const AUDIT_TRAIL = Symbol('AUDIT_TRAIL');
