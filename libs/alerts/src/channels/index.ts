import type { AlertChannelKind } from '@relay/contracts';
import type { ChannelFormat } from './channel';
import { slack } from './slack.channel';
import { webhook } from './webhook.channel';

/** Where can be told. A new kind is a file here, a line below and its name in `alertChannelKindSchema`. */
export const CHANNELS = { webhook, slack } satisfies Record<AlertChannelKind, ChannelFormat>;
