import { useNow } from './use-now';
import { formatAgo, formatTime, formatUtc } from '../format/time';

interface TimeProps {
  readonly at: string; // ISO 8601
}

/** `12 s ago`; hovering tells the moment in UTC. */
export function RelativeTime({ at }: TimeProps) {
  const now = useNow();
  return (
    <time dateTime={at} title={formatUtc(at)}>
      {formatAgo(at, now)}
    </time>
  );
}

/** `19:40:00`, or the date where it is more than a day ago; hovering tells the moment in UTC. */
export function ClockTime({ at }: TimeProps) {
  return (
    <time className="mono" dateTime={at} title={formatUtc(at)}>
      {formatTime(at)}
    </time>
  );
}
