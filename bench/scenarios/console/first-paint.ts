import type { BrowserContext } from 'playwright-core';

export interface Paint {
  readonly paintMs: number; // first contentful paint, since the navigation began
  readonly figuresMs: number; // the figures of the traffic are in sight
  readonly scriptKb: number; // scripts that came over the wire until then, as encoded
}

/** A visit that takes longer is given up. In ms. */
const GIVE_UP_MS = 30_000;

/** Looks at each frame whether the figures are there: by the page's own clock, which starts with the navigation. */
const WHEN_IN_SIGHT = `new Promise((resolve, reject) => {
  const look = () => {
    if (document.querySelectorAll('.kpi-value').length >= 3) resolve(performance.now());
    else if (performance.now() > ${GIVE_UP_MS}) reject(new Error('the figures of the overview did not come: ' + document.title));
    else requestAnimationFrame(look);
  };
  look();
})`;
const PAINT = `performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN`;
const SCRIPT_BYTES = `performance.getEntriesByType('resource')
  .filter(({ name }) => name.endsWith('.js'))
  .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)`;

/** One visit to the overview, in a page of its own. */
export async function firstPaint(context: BrowserContext): Promise<Paint> {
  const page = await context.newPage();
  try {
    await page.goto('/', { waitUntil: 'commit' });
    const figuresMs = await page.evaluate<number>(WHEN_IN_SIGHT);
    const paintMs = await page.evaluate<number>(PAINT);
    const scriptKb = (await page.evaluate<number>(SCRIPT_BYTES)) / 1_000;
    return { paintMs, figuresMs, scriptKb };
  } finally {
    await page.close();
  }
}
