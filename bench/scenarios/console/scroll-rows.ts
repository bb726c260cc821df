import type { BrowserContext } from 'playwright-core';

export interface Scrolling {
  readonly rows: number; // that were loaded
  readonly frames: number;
  readonly p50: number; // of the time from frame to frame, ms
  readonly p95: number;
  readonly p99: number;
  readonly longest: number;
  readonly jerks: number; // share of frames that took longer than a jerk
}

/** Of the tallest page that loads while one scrolls to its end: so often it may stand still before it counts as the end, in frames. */
const STILL_FRAMES = 1_800;
const STEP_PX = 200;

const TABLE = `document.querySelector('[role="table"][aria-label="Traces"]')`;
const COUNT = `Number(${TABLE}.getAttribute('aria-rowcount')) - 1`;

/** Scrolls to the end until so many rows are loaded, then back to the top. */
const LOAD = (rows: number): string => `new Promise((resolve) => {
  const table = ${TABLE};
  let [before, still] = [0, 0];
  const step = () => {
    const count = ${COUNT};
    still = count === before ? still + 1 : 0;
    before = count;
    if (count >= ${rows} || still > ${STILL_FRAMES}) { table.scrollTop = 0; return resolve(count); }
    table.scrollTop = table.scrollHeight;
    requestAnimationFrame(step);
  };
  step();
})`;

/** A step in each frame, from the top to the end; the times between frames. */
const SCROLL = `new Promise((resolve) => {
  const table = ${TABLE};
  const times = [];
  let before = null;
  const step = (now) => {
    if (before !== null) times.push(now - before);
    before = now;
    if (table.scrollTop + table.clientHeight >= table.scrollHeight - 1) return resolve(times);
    table.scrollTop += ${STEP_PX};
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
})`;

/** Frames while somebody scrolls over many traces without a stop. */
export async function scrollRows(context: BrowserContext, wanted: number, jerkMs: number): Promise<Scrolling> {
  const page = await context.newPage();
  try {
    await page.goto('/traces?range=30d');
    await page.getByRole('table', { name: 'Traces' }).waitFor();
    const rows = await page.evaluate<number>(LOAD(wanted));
    await page.waitForFunction(`${TABLE}.scrollTop === 0`);
    const times = (await page.evaluate<number[]>(SCROLL)).sort((a, b) => a - b);
    const quantile = (share: number): number =>
      times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? NaN;
    return {
      rows,
      frames: times.length,
      ...{ p50: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99), longest: times.at(-1) ?? NaN },
      jerks: times.filter((time) => time > jerkMs).length / times.length,
    };
  } finally {
    await page.close();
  }
}
