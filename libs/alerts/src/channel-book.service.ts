import { ConfigStore } from '@relay/config';
import type { AlertChannelInput, AlertChannelView, ChannelTest } from '@relay/contracts';
import { CLOCK, type Clock, newTraceId, type Result } from '@relay/core';
import { Inject, Injectable } from '@nestjs/common';
import { CHANNELS } from './channels';
import { deliver, type Refusal } from './channels/deliver';
import { messageOf } from './domain/message';
import type { NoticeContent } from './domain/notice';
import { ChannelStore } from './persistence/channel-store';

/** The channels of relay.yaml and of the database; of one id that of the file counts. */
@Injectable()
export class ChannelBook {
  constructor(
    private readonly config: ConfigStore,
    private readonly store: ChannelStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async list(): Promise<AlertChannelView[]> {
    const configured = this.configured.map(({ id, kind, url, secret }): AlertChannelView => {
      return { id, kind, origin: new URL(url).origin, signed: secret !== undefined, source: 'config' };
    });
    const taken = new Set(configured.map(({ id }) => id));
    const stored = (await this.store.all()).filter(({ id }) => !taken.has(id));
    return [...configured, ...stored.map((channel): AlertChannelView => ({ ...channel, source: 'database' }))];
  }

  /** Null: there is no such channel. Rejects where it cannot be opened. */
  async send(channelId: string, content: NoticeContent, id: string): Promise<Result<number, Refusal> | null> {
    const channel = await this.find(channelId);
    if (channel === null) return null;
    return deliver(channel.url, CHANNELS[channel.kind](channel, content, id, this.clock.now()), this.clock);
  }

  /** Tells the channel that this is a test; null: there is no such channel. */
  async test(channelId: string): Promise<ChannelTest | null> {
    const started = this.clock.monotonic();
    const result = await this.send(channelId, testContent(this.clock.now()), newTraceId(this.clock.now()));
    if (result === null) return null;
    const durationMs = Math.round(this.clock.monotonic() - started);
    if (result.ok) return { delivered: true, httpStatus: result.value, error: null, durationMs };
    return { delivered: false, httpStatus: result.error.httpStatus, error: result.error.reason, durationMs };
  }

  private get configured(): readonly AlertChannelInput[] {
    return this.config.current.alerts.channels;
  }

  private async find(id: string): Promise<AlertChannelInput | null> {
    return this.configured.find((channel) => channel.id === id) ?? (await this.store.open(id));
  }
}

function testContent(now: number): NoticeContent {
  const figure = { kind: 'error-rate', subject: null, value: 0.1, threshold: 0.05, unit: 'share' } as const;
  const scope = { tenant: null, model: null, provider: null };
  const at = new Date(now).toISOString();
  return {
    event: 'test',
    alert: {
      ...{ id: newTraceId(now), rule: 'test', severity: 'info', state: 'firing', peak: 0.1, ...figure, scope },
      ...{ message: messageOf({ ...figure, scope, windowMs: 300_000 }), since: at, firedAt: at, resolvedAt: null },
    },
  };
}
