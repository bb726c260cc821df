import { CLOCK, type Clock } from '@relay/core';
import { BoundedReader } from '@relay/database';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { AlertRule } from './domain/rule';
import { KINDS } from './kinds';
import type { Figures, Kind } from './kinds/kind';
import { AlertStore } from './persistence/alert-store';
import { RuleBook } from './rule-book.service';

/** Of one rule; one that takes longer says nothing this time. */
const STATEMENT_TIMEOUT_MS = 10_000;

/** Looks at every rule once. */
@Injectable()
export class Evaluation {
  private readonly logger = new Logger(Evaluation.name);
  private readonly reader: BoundedReader;
  private readonly failing = new Set<string>(); // rules that could not be looked at, logged when it begins

  constructor(
    @InjectDataSource() dataSource: DataSource,
    private readonly rules: RuleBook,
    private readonly store: AlertStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.reader = new BoundedReader(dataSource);
  }

  /** A rule that cannot be looked at leaves its alerts as they are, and keeps no other from being looked at. Rejects when the rules cannot be read. */
  async run(): Promise<void> {
    const enabled = (await this.rules.all()).filter((rule) => rule.enabled);
    const now = this.clock.now();
    for (const rule of enabled) await this.look(rule, now);
    await this.store.endOthers(
      enabled.map(({ id }) => id),
      now,
    );
  }

  private async look(rule: AlertRule, now: number): Promise<void> {
    try {
      const kind: Kind = KINDS[rule.kind];
      const open = await this.store.openSubjects(rule.id);
      await this.store.apply(rule, await kind.read(this.figures, rule, now, open), now);
      this.failing.delete(rule.id);
    } catch (error) {
      if (!this.failing.has(rule.id)) this.logger.error(error, `The alert rule ${rule.id} could not be looked at`);
      this.failing.add(rule.id);
    }
  }

  private readonly figures: Figures = {
    query: <Row>(text: string, values: readonly unknown[]): Promise<Row[]> =>
      this.reader.read<Row>(text, values, STATEMENT_TIMEOUT_MS),
  };
}
