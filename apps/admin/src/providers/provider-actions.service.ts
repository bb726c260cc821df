import { AuditLog, type AuthenticatedUser, IdentityChanges } from '@relay/auth';
import type { EndProviderOverride, ProbeProvider, ProviderProbe, SetProviderOverride } from '@relay/contracts';
import { CLOCK, type Clock, RelayError } from '@relay/core';
import { OverrideStore, ProviderOverrides, ProviderRegistry, TargetMonitor, TargetProbe } from '@relay/providers';
import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { AuditTeller } from '../audit/audit-teller.service';

/** What operators do about providers: in all processes, with an entry in the audit log. */
@Injectable()
export class ProviderActions {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly registry: ProviderRegistry,
    private readonly monitor: TargetMonitor,
    private readonly store: OverrideStore,
    private readonly overrides: ProviderOverrides,
    private readonly probes: TargetProbe,
    private readonly changes: IdentityChanges,
    private readonly log: AuditLog,
    private readonly audit: AuditTeller,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Closes the breakers of a provider; they open again where it still fails. */
  async resetBreakers(user: AuthenticatedUser, id: string): Promise<void> {
    this.targetsOf(id);
    this.monitor.reset(id);
    await this.changes.announce({ kind: 'breakers', id });
    await this.audit.tell(user, 'provider.breakers-reset', id);
  }

  /** In the place of what was said of the same before. */
  async override(user: AuthenticatedUser, id: string, wish: SetProviderOverride): Promise<void> {
    const { mode, reason, forMs } = wish;
    const target = wish.target ?? null;
    this.checkTarget(id, target);
    const since = this.clock.now();
    const until = since + forMs;
    await this.dataSource.transaction(async (transaction) => {
      await this.store.put({ provider: id, target, mode, reason, by: user.email, since, until }, transaction);
      const detail = { mode, target, reason, until: new Date(until).toISOString() };
      await this.log.append({ actor: actorOf(user), action: 'provider.override', target: id, detail }, transaction);
    });
    await this.tell(id);
  }

  /** Of a provider, or of a target, that is not configured any more as well. */
  async endOverride(user: AuthenticatedUser, id: string, what: EndProviderOverride): Promise<void> {
    const target = what.target ?? null;
    await this.dataSource.transaction(async (transaction) => {
      if (!(await this.store.remove({ provider: id, target }, this.clock.now(), transaction)))
        throw new RelayError('not_found', 'There is no such override, or it has ended.');
      const entry = { actor: actorOf(user), action: 'provider.override-end', target: id, detail: { target } };
      await this.log.append(entry, transaction);
    });
    await this.tell(id);
  }

  /** One call, past breakers and overrides; of the first target that chats if none is named, else a connection. */
  async probe(user: AuthenticatedUser, id: string, { target }: ProbeProvider): Promise<ProviderProbe> {
    this.checkTarget(id, target ?? null);
    const talks = this.targetsOf(id, true);
    const asked = target === undefined ? talks[0] : talks.find((each) => each === target);
    const probe = await this.probes.run(id, asked ?? null);
    if (!probe) throw noProvider();
    await this.audit.tell(user, 'provider.probe', id, { target: probe.target, ok: probe.ok, code: probe.code });
    return probe;
  }

  /** This process knows when it resolves, the others within a second or so. */
  private async tell(id: string): Promise<void> {
    await this.overrides.refresh();
    await this.changes.announce({ kind: 'provider', id });
  }

  private checkTarget(id: string, target: string | null): void {
    const targets = this.targetsOf(id);
    if (target === null || targets.includes(target)) return;
    const message = `target: found "${target}"; allowed: ${targets.join(', ') || '(it has none)'}`;
    throw new RelayError('invalid_request', message, { param: 'target' });
  }

  /** `talking`: those of models that chat, as far as relay.yaml tells. */
  private targetsOf(id: string, talking = false): string[] {
    if (!this.registry.client(id)) throw noProvider();
    const models = this.registry
      .models()
      .filter(({ operations }) => !talking || (operations?.includes('chat') ?? true));
    const targets = models.flatMap((model) => model.targets);
    return [...new Set(targets.filter(({ provider }) => provider === id).map(({ model }) => model))];
  }
}

const actorOf = ({ id, email }: AuthenticatedUser) => ({ id, email });
const noProvider = (): RelayError => new RelayError('not_found', 'There is no such provider.', { param: 'id' });
