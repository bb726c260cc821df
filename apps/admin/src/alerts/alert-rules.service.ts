import { type AlertRule, changedRule, ChannelBook, MAX_STORED_RULES, RuleBook, RuleStore } from '@relay/alerts';
import { AuditLog, type AuthenticatedUser } from '@relay/auth';
import {
  type AlertRuleInput,
  type AlertRulePage,
  type AlertRuleView,
  alertRuleSchema,
  type ChangeAlertRule,
} from '@relay/contracts';
import { RelayError } from '@relay/core';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { found } from '../http/unwrap';

/** Rules as users manage them. Those of relay.yaml are managed there. */
@Injectable()
export class AlertRulesService {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly book: RuleBook,
    private readonly store: RuleStore,
    private readonly channels: ChannelBook,
    private readonly log: AuditLog,
  ) {}

  async list(): Promise<AlertRulePage> {
    return { data: await this.book.all(), nextCursor: null };
  }

  async create(user: AuthenticatedUser, rule: AlertRuleInput): Promise<AlertRuleView> {
    if ((await this.book.find(rule.id)) !== null)
      throw new RelayError('conflict', `There is a rule "${rule.id}" already.`, { param: 'id' });
    return this.put(user, rule, 'alert-rule.create');
  }

  async change(user: AuthenticatedUser, id: string, change: ChangeAlertRule): Promise<AlertRuleView> {
    const rule = await this.changeable(id);
    return this.put(user, alertRuleSchema.parse(changedRule(rule, change)), 'alert-rule.change');
  }

  async remove(user: AuthenticatedUser, id: string): Promise<void> {
    const { source } = await this.changeable(id);
    if (source === 'builtin')
      throw new RelayError('conflict', 'A built-in rule cannot be removed; allowed: enabled: false.', { param: 'id' });
    await this.dataSource.transaction(async (transaction) => {
      await this.store.remove(id, transaction);
      await this.log.append({ actor: actorOf(user), action: 'alert-rule.remove', target: id, detail: {} }, transaction);
    });
  }

  private async put(user: AuthenticatedUser, rule: AlertRuleInput, action: string): Promise<AlertRuleView> {
    await this.checkChannels(rule.channels);
    if ((await this.store.all()).length >= MAX_STORED_RULES)
      throw new RelayError('conflict', `There are ${MAX_STORED_RULES} rules, which is all that is allowed.`);
    await this.dataSource.transaction(async (transaction) => {
      await this.store.put(rule, transaction);
      await this.log.append({ actor: actorOf(user), action, target: rule.id, detail: { ...rule } }, transaction);
    });
    return found(this.book.find(rule.id), 'rule');
  }

  private async changeable(id: string): Promise<AlertRule> {
    const rule = await found(this.book.find(id), 'rule');
    if (rule.source === 'config')
      throw new RelayError('conflict', 'That rule is written in relay.yaml; change it there.', { param: 'id' });
    return rule;
  }

  private async checkChannels(wanted: readonly string[]): Promise<void> {
    if (wanted.length === 0) return;
    const known = (await this.channels.list()).map(({ id }) => id);
    const unknown = wanted.find((id) => !known.includes(id));
    if (unknown === undefined) return;
    const message = `channels: found "${unknown}"; allowed: ${known.join(', ') || '(there is no channel)'}`;
    throw new RelayError('invalid_request', message, { param: 'channels' });
  }
}

const actorOf = ({ id, email }: AuthenticatedUser) => ({ id, email });
