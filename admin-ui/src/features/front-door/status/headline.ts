import type { HealthView } from './use-health';

export type Tone = 'calm' | 'good' | 'warn' | 'bad';

export interface Headline {
  readonly tone: Tone;
  readonly title: string;
  readonly detail: string;
}

/** The state of the relay in words. */
export function headlineOf(view: HealthView): Headline {
  switch (view.kind) {
    case 'checking':
      return { tone: 'calm', title: 'Checking', detail: 'Asking the relay how it is.' };
    case 'silent':
      return {
        tone: 'bad',
        title: 'Not reachable',
        detail: 'Nobody answers at this address. The page keeps trying; start the relay with npm start.',
      };
    case 'answered':
      return ANSWERED[view.check.health.state];
  }
}

const ANSWERED = {
  ready: { tone: 'good', title: 'Ready', detail: 'The relay takes requests.' },
  degraded: {
    tone: 'warn',
    title: 'Serving, degraded',
    detail: 'A store is away. Requests are served from what is in memory; traces wait on disk until it is back.',
  },
  refusing: { tone: 'bad', title: 'Not ready', detail: 'The relay is starting or stopping and takes no requests.' },
} as const;
