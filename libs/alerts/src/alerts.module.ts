import { Module } from '@nestjs/common';
import { ChannelBook } from './channel-book.service';
import { Evaluation } from './evaluation.service';
import { Notifier } from './notifier.service';
import { AlertStore } from './persistence/alert-store';
import { ChannelSeal } from './persistence/channel-seal';
import { ChannelStore } from './persistence/channel-store';
import { NoticeStore } from './persistence/notice-store';
import { ProcessStore } from './persistence/process-store';
import { RuleStore } from './persistence/rule-store';
import { RuleBook } from './rule-book.service';

const PARTS = [RuleBook, ChannelBook, Evaluation, Notifier, AlertStore, RuleStore, ChannelStore, ProcessStore] as const;

/** Alert rules, what fires, and who is told. Needs the global CLOCK, ENVIRONMENT, ConfigStore and data source. */
@Module({ providers: [...PARTS, NoticeStore, ChannelSeal], exports: [...PARTS] })
export class AlertsModule {}
