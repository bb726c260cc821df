import path from 'node:path';
import type { Goal, Section } from '../../offline/offline-scenario';
import { relayConfig } from '../../subjects/relay-config';
import { startRelay } from '../../subjects/relay-process';
import type { Experiment, ExperimentResult } from '../experiment';
import { openFilledTraces } from '../traces/filled-traces';
import { ADMIN, openConsole } from './browser';
import { firstPaint, type Paint } from './first-paint';
import { scrollRows, type Scrolling } from './scroll-rows';

const ROWS = 1_000_000;
const VISITS = 7;
const WANTED_PAINT_MS = 1_500;
const WANTED_SCRIPT_KB = 250;
const SCROLLED_ROWS = 10_000;
/** A frame that takes longer is seen as a jerk: three of a screen of 60 Hz. */
const JERK_MS = 50;
const WANTED_JERKS = 0.01;

export const console: Experiment = {
  summary: `the console in Chromium on a million traces (--rows): time to the figures of the overview, scripts it loads, frames while ${SCROLLED_ROWS} traces are scrolled`,
  run: async ({ options, temporary, say }) => {
    const filled = await openFilledTraces('console', options.rows ?? ROWS, temporary, say);
    try {
      const relay = await startRelay(
        { directory: path.join(temporary, 'relay'), profileDirectory: null, upstreamUrl: '', upstreamPid: 0 },
        {
          config: relayConfig('http://127.0.0.1:1'), // nobody is asked
          databaseUrl: filled.url,
          redisUrl: undefined,
          env: { RELAY_ADMIN_EMAIL: ADMIN.email, RELAY_ADMIN_PASSWORD: ADMIN.password, RELAY_ROLES: 'gateway,admin' },
        },
      );
      const browser = await openConsole(`http://127.0.0.1:${relay.port}`);
      try {
        const paints: Paint[] = [];
        for (let visit = 0; visit < VISITS; visit++) paints.push(await firstPaint(browser.context));
        say(`overview: ${paints.map(({ figuresMs }) => figuresMs.toFixed(0)).join(', ')} ms`);
        const scrolling = await scrollRows(browser.context, SCROLLED_ROWS, JERK_MS);
        return report(filled.rows, paints, scrolling, { ...filled.facts, browser: browser.version });
      } finally {
        await browser.close();
        await relay.stop();
      }
    } finally {
      await filled.close();
    }
  },
};

function report(
  rows: number,
  paints: readonly Paint[],
  scrolling: Scrolling,
  facts: Readonly<Record<string, string>>,
): ExperimentResult {
  const median = (pick: (paint: Paint) => number): number =>
    paints.map(pick).sort((a, b) => a - b)[paints.length >> 1] ?? NaN;
  const slowest = Math.max(...paints.map(({ figuresMs }) => figuresMs));
  const overview: Section = {
    title: 'overview',
    notes: [
      `${paints.length} visits by somebody who is logged in; a new page each, scripts from the browser's cache after the first.`,
    ],
    table: [
      ['', 'median', 'slowest'],
      [
        'first contentful paint, ms',
        median(({ paintMs }) => paintMs).toFixed(0),
        Math.max(...paints.map(({ paintMs }) => paintMs)).toFixed(0),
      ],
      ['figures of the traffic in sight, ms', median(({ figuresMs }) => figuresMs).toFixed(0), slowest.toFixed(0)],
      ['scripts as sent at the first visit, kB', (paints[0]?.scriptKb ?? NaN).toFixed(0), ''],
    ],
  };
  const list: Section = {
    title: `scrolling ${scrolling.rows} traces`,
    notes: ['From the first row to the last, one screen in about four frames, all rows loaded.'],
    table: [
      ['frames', 'P50 ms', 'P95 ms', 'P99 ms', 'longest ms', `over ${JERK_MS} ms`],
      [
        String(scrolling.frames),
        ...[scrolling.p50, scrolling.p95, scrolling.p99, scrolling.longest].map((ms) => ms.toFixed(1)),
        `${(scrolling.jerks * 100).toFixed(2)}%`,
      ],
    ],
  };
  const goals: Goal[] = [
    {
      name: 'median time to the figures of the overview, ms',
      value: median(({ figuresMs }) => figuresMs),
      wanted: WANTED_PAINT_MS,
      better: 'lower',
    },
    {
      name: 'scripts of the overview as sent, kB',
      value: paints[0]?.scriptKb ?? NaN,
      wanted: WANTED_SCRIPT_KB,
      better: 'lower',
    },
    { name: `share of frames over ${JERK_MS} ms`, value: scrolling.jerks, wanted: WANTED_JERKS, better: 'lower' },
  ];
  return {
    method: `${rows} traces; ${paints.length} visits, then one pass over ${scrolling.rows} rows, headless and without a graphics card.`,
    sections: [overview, list],
    goals,
    warnings: scrolling.rows < SCROLLED_ROWS ? [`only ${scrolling.rows} rows could be loaded`] : [],
    facts,
    details: { paints, scrolling },
  };
}
