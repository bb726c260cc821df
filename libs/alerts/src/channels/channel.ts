import type { AlertChannelInput } from '@relay/contracts';
import type { NoticeContent } from '../domain/notice';

/** What is posted. */
export interface Post {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** How a notice looks on a kind of channel. `id` is the same at each try, `now` is ms since the epoch. */
export type ChannelFormat = (channel: AlertChannelInput, content: NoticeContent, id: string, now: number) => Post;
