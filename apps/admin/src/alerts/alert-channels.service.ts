import { ChannelBook, ChannelStore, MAX_STORED_CHANNELS, RuleBook } from '@relay/alerts';
import { AuditLog, type AuthenticatedUser } from '@relay/auth';
import type { AlertChannelInput, AlertChannelPage, AlertChannelView, ChannelTest } from '@relay/contracts';
import { RelayError } from '@relay/core';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { found } from '../http/unwrap';

/** Channels as owners manage them. Neither replies nor the audit log hold a URL or a secret. */
@Injectable()
export class AlertChannelsService {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly book: ChannelBook,
    private readonly store: ChannelStore,
    private readonly rules: RuleBook,
    private readonly log: AuditLog,
  ) {}

  async list(): Promise<AlertChannelPage> {
    return { data: await this.book.list(), nextCursor: null };
  }

  async create(user: AuthenticatedUser, channel: AlertChannelInput): Promise<AlertChannelView> {
    const known = await this.book.list();
    if (known.some(({ id }) => id === channel.id))
      throw new RelayError('conflict', `There is a channel "${channel.id}" already.`, { param: 'id' });
    if (known.length >= MAX_STORED_CHANNELS)
      throw new RelayError('conflict', `There are ${MAX_STORED_CHANNELS} channels, which is all that is allowed.`);
    await this.dataSource.transaction(async (transaction) => {
      await this.store.add(channel, transaction);
      await this.tell(user, 'alert-channel.create', channel.id, { kind: channel.kind }, transaction);
    });
    return this.view(channel.id);
  }

  async remove(user: AuthenticatedUser, id: string): Promise<void> {
    const { source } = await this.view(id);
    if (source === 'config')
      throw new RelayError('conflict', 'That channel is written in relay.yaml; remove it there.', { param: 'id' });
    const rule = (await this.rules.all()).find(({ channels }) => channels.includes(id));
    if (rule) throw new RelayError('conflict', `The rule "${rule.id}" tells that channel.`, { param: 'id' });
    await this.dataSource.transaction(async (transaction) => {
      await this.store.remove(id, transaction);
      await this.tell(user, 'alert-channel.remove', id, {}, transaction);
    });
  }

  async test(user: AuthenticatedUser, id: string): Promise<ChannelTest> {
    const result = await found(this.book.test(id), 'channel');
    await this.dataSource.transaction((transaction) =>
      this.tell(user, 'alert-channel.test', id, { delivered: result.delivered }, transaction),
    );
    return result;
  }

  private async view(id: string): Promise<AlertChannelView> {
    const channels = await this.book.list();
    return found(Promise.resolve(channels.find((channel) => channel.id === id) ?? null), 'channel');
  }

  private tell(
    { id, email }: AuthenticatedUser,
    action: string,
    target: string,
    detail: Record<string, unknown>,
    transaction: EntityManager,
  ): Promise<void> {
    return this.log.append({ actor: { id, email }, action, target, detail }, transaction);
  }
}
