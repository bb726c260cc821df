import type { Analysis } from '@relay/contracts';
import { PromptAnalyser, type PromptText } from '@relay/prompt';
import { median } from '../../stats/statistics';
import type { Section } from '../offline-scenario';

const ROUNDS = 12; // over all prompts, before the first of which the code is warmed up
const LONG_CHARACTERS = 100_000;

export interface CostFigures {
  readonly section: Section;
  readonly p99Us: number; // task, language and complexity of one prompt
}

/** Time of each analysis a prompt, beside a bare JSON.parse of the same prompt as a request, in turns. */
export async function costFigures(prompts: readonly PromptText[]): Promise<CostFigures> {
  const analyser = new PromptAnalyser();
  const all = new Set<Analysis>(['task', 'language', 'complexity']);
  await analyser.warmUp(all);
  const subjects: Record<string, (text: PromptText) => unknown> = {
    ...Object.fromEntries([...all].map((one) => [one, (text) => analyser.analyse(text, new Set([one]))])),
    'all three': (text) => analyser.analyse(text, all),
  };
  const long = prompts.map(lengthen);
  const table = [
    ...rowsOf('own prompts', prompts, subjects),
    ...rowsOf(`the same with a document of ${LONG_CHARACTERS / 1_000} kB`, long, subjects),
  ];
  const p99Us = timesOf(prompts, (text) => analyser.analyse(text, all)).p99;
  return {
    p99Us,
    section: {
      title: 'Time a prompt',
      notes: [
        `Microseconds, one thread: quantiles over ${prompts.length} prompts, of each the median of ${ROUNDS} rounds. The reference is JSON.parse of the request, once a prompt.`,
      ],
      table: [['prompts: analysis', 'P50 µs', 'P99 µs', 'P50 : JSON.parse'], ...table],
    },
  };
}

function rowsOf(
  name: string,
  prompts: readonly PromptText[],
  subjects: Record<string, (text: PromptText) => unknown>,
): string[][] {
  const bodies = new Map(prompts.map((text) => [text, bodyOf(text)]));
  const parse = timesOf(prompts, (text) => JSON.parse(bodies.get(text) ?? 'null'));
  return [
    [`${name}: JSON.parse`, parse.p50.toFixed(1), parse.p99.toFixed(1), '1.0'],
    ...Object.entries(subjects).map(([subject, run]) => {
      const { p50, p99 } = timesOf(prompts, run);
      return [`${name}: ${subject}`, p50.toFixed(1), p99.toFixed(1), (p50 / parse.p50).toFixed(1)];
    }),
  ];
}

/** Quantiles over the prompts; of each prompt the median of its rounds, so that a pause of the machine is not taken for work. */
function timesOf(prompts: readonly PromptText[], run: (text: PromptText) => unknown): { p50: number; p99: number } {
  const rounds = prompts.map((): number[] => []);
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [i, text] of prompts.entries()) {
      const started = performance.now();
      run(text);
      if (round > 0) rounds[i]?.push((performance.now() - started) * 1_000);
    }
  }
  const times = rounds.map(median).sort((a, b) => a - b);
  const at = (share: number): number => times[Math.floor(share * (times.length - 1))] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99) };
}

const bodyOf = ({ system, user }: PromptText): string =>
  JSON.stringify({
    model: 'any',
    messages: [
      { role: 'system', content: system },
      { role: 'user', content: user },
    ],
  });

function lengthen({ system, last }: PromptText): PromptText {
  const document = `${last.replace(/\s+/g, ' ')} `.repeat(Math.ceil(LONG_CHARACTERS / (last.length + 1)));
  const user = `${last}\n\n${document}`;
  return { system, user, last: user };
}
