import { ConfigStore } from '@relay/config';
import type { AlertRuleInput } from '@relay/contracts';
import { Injectable } from '@nestjs/common';
import { BUILTIN_RULES } from './domain/builtin-rules';
import { type AlertRule, completeRule } from './domain/rule';
import { KINDS } from './kinds';
import { RuleStore } from './persistence/rule-store';

/** Every rule there is: of one id that of relay.yaml counts, then that of the database, then the built-in one. */
@Injectable()
export class RuleBook {
  constructor(
    private readonly config: ConfigStore,
    private readonly store: RuleStore,
  ) {}

  async all(): Promise<AlertRule[]> {
    const { rules, builtin } = this.config.current.alerts;
    const sources: [AlertRule['source'], readonly AlertRuleInput[]][] = [
      ['builtin', builtin ? BUILTIN_RULES : []],
      ['database', await this.store.all()],
      ['config', rules],
    ];
    const book = new Map<string, AlertRule>();
    for (const [source, found] of sources)
      for (const rule of found) book.set(rule.id, completeRule(rule, source, KINDS[rule.kind]));
    return [...book.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  async find(id: string): Promise<AlertRule | null> {
    return (await this.all()).find((rule) => rule.id === id) ?? null;
  }
}
