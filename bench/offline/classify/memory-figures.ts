import { PromptAnalyser } from '@relay/prompt';
import type { Section } from '../offline-scenario';

/** Memory and time that the first use of each analysis takes. To be called before anything else loads them. */
export async function memoryFigures(): Promise<Section> {
  const analyser = new PromptAnalyser();
  const table: string[][] = [];
  for (const analysis of ['task', 'complexity', 'language'] as const) {
    const before = process.memoryUsage().rss;
    const started = performance.now();
    await analyser.warmUp(new Set([analysis]));
    const ms = performance.now() - started;
    table.push([analysis, ms.toFixed(0), ((process.memoryUsage().rss - before) / 1e6).toFixed(0)]);
  }
  return {
    title: 'Loading',
    notes: [
      'Once a process, in this order, when a policy first asks for it. MB are growth of RSS, garbage of the loading included.',
    ],
    table: [['analysis', 'ms', 'MB'], ...table],
  };
}
