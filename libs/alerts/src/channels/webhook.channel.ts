import { createHmac } from 'node:crypto';
import type { ChannelFormat } from './channel';

const MS_PER_SECOND = 1_000;

/**
 * The notice as JSON. With a secret it is signed: `x-relay-signature: sha256=` and the HMAC-SHA256, in hex, of the timestamp
 * (`x-relay-timestamp`, seconds since the epoch), a dot and the body, so that what was recorded cannot be sent again much later.
 */
export const webhook: ChannelFormat = ({ secret }, content, id, now) => {
  const body = JSON.stringify({ id, ...content });
  const timestamp = String(Math.floor(now / MS_PER_SECOND));
  const signature = secret && createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
  return {
    headers: {
      'content-type': 'application/json',
      'idempotency-key': id,
      'x-relay-timestamp': timestamp,
      ...(signature && { 'x-relay-signature': `sha256=${signature}` }),
    },
    body,
  };
};
