import type { ChannelFormat } from './channel';

/** Slack's control characters: https://docs.slack.dev/messaging/formatting-message-text#escaping */
const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const escape = (text: string): string => text.replace(/[&<>]/g, (char) => ESCAPES[char] ?? char);

const TITLES = { firing: 'FIRING', repeat: 'STILL FIRING', resolved: 'RESOLVED', test: 'TEST' } as const;

/** The body of an incoming webhook: `{ text }`, as Slack and those that imitate it take it. */
export const slack: ChannelFormat = (_channel, { event, alert }) => ({
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({
    text: escape(`*${TITLES[event]}* [${alert.severity}] ${alert.rule}: ${alert.message} (since ${alert.since})`),
  }),
});
