import { Injectable, Logger } from '@nestjs/common';
import { ChannelBook } from './channel-book.service';
import { type DueNotice, NoticeStore } from './persistence/notice-store';

/** Rounds of one channel in a run; what is left is taken the next time. */
const MAX_ROUNDS = 50;

/** Tells channels what is to be told, apart from those who look at rules: a webhook that hangs holds up nobody but itself. */
@Injectable()
export class Notifier {
  private readonly logger = new Logger(Notifier.name);
  private readonly busy = new Map<string, Promise<void>>(); // by channel; there are as many as are configured

  constructor(
    private readonly notices: NoticeStore,
    private readonly channels: ChannelBook,
  ) {}

  /** Resolves when nothing is due any more; each channel is told on its own, by one run at a time. Rejects when the database is away. */
  async run(): Promise<void> {
    const channels = await this.notices.dueChannels();
    await Promise.all(channels.map((channel) => this.serve(channel)));
  }

  private serve(channel: string): Promise<void> {
    const known = this.busy.get(channel);
    if (known !== undefined) return known;
    const serving = this.drain(channel).finally(() => this.busy.delete(channel));
    this.busy.set(channel, serving);
    return serving;
  }

  private async drain(channel: string): Promise<void> {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const due = await this.notices.take(channel);
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
