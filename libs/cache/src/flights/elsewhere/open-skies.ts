import type { Environment } from '@relay/config';
import type { Clock } from '@relay/core';
import type { Redis } from 'ioredis';
import { randomUUID } from 'node:crypto';
import { cipherOf } from '../../tiers/entry-cipher';
import { EntryCodec } from '../../tiers/entry-codec';
import { ClaimDesk } from './claim-desk';
import { FlightChannel } from './flight-channel';
import { FlightClaims } from './flight-claims';
import { FlightCodec } from './flight-codec';
import { SharedSkies } from './shared-skies';

const NAMESPACE = 'relay';

interface SkiesOptions {
  readonly clock: Clock;
  readonly environment: Environment;
  readonly redis: Redis;
  /** Connections of their own; closed with the skies. */
  readonly subscriber: Redis;
  readonly publisher: Redis;
  readonly maxAnswerBytes: () => number;
}

/** The flights of all processes on one Redis; messages are sealed where the relay has a secret. */
export function openSkies({
  clock,
  environment,
  redis,
  subscriber,
  publisher,
  maxAnswerBytes,
}: SkiesOptions): SharedSkies {
  const processId = randomUUID();
  const codec = new FlightCodec(cipherOf(environment));
  const channel = new FlightChannel(processId, publisher, subscriber, codec, NAMESPACE);
  const desk = new ClaimDesk(processId, new FlightClaims(redis, NAMESPACE), clock);
  return new SharedSkies({ clock, channel, desk, answers: new EntryCodec(null), maxAnswerBytes });
}
