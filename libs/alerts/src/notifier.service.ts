import { Injectable, Logger } from '@nestjs/common';
import { ChannelBook } from './channel-book.service';
import { type DueNotice, NoticeStore } from './persistence/notice-store';

/** Rounds of one run; what is left is taken the next time. */
const MAX_ROUNDS = 50;

/** Tells channels what is to be told, apart from those who look at rules: a webhook that hangs holds up nobody but itself. */
@Injectable()
export class Notifier {
  private readonly logger = new Logger(Notifier.name);
  private running: Promise<void> | null = null;

  constructor(
    private readonly notices: NoticeStore,
    private readonly channels: ChannelBook,
  ) {}

  /** Resolves when nothing is due any more; one run at a time. Rejects when the database is away. */
  run(): Promise<void> {
    this.running ??= this.drain().finally(() => (this.running = null));
    return this.running;
  }

  private async drain(): Promise<void> {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const due = await this.notices.take();
      if (due.length === 0) return;
      await Promise.all(due.map((notice) => this.send(notice)));
    }
  }

  private async send(notice: DueNotice): Promise<void> {
    const refusal = await this.tell(notice);
    if (refusal === null) return this.notices.sent(notice.id);
    if (await this.notices.failed(notice, refusal))
      this.logger.error(`The channel ${notice.channel} was not told of an alert: ${refusal}. It is given up.`);
  }

  /** Why it did not succeed; null if it did. */
  private async tell({ channel, content, id }: DueNotice): Promise<string | null> {
    try {
      const result = await this.channels.send(channel, content, id);
      if (result === null) return 'there is no such channel any more';
      return result.ok ? null : result.error.reason;
    } catch (error) {
      return error instanceof Error ? error.message : 'error';
    }
  }
}
