import { trainers } from './index';

const say = (line: string): void => void process.stderr.write(`  ${line}\n`);

function listTrainers(): void {
  const lines = Object.entries(trainers).map(([name, { summary }]) => `  ${name.padEnd(14)}${summary}`);
  process.stdout.write(
    `${['usage: npm run train -- <model> [options], see bench/README.md', '', ...lines].join('\n')}\n`,
  );
}

async function main(): Promise<void> {
  const [name, ...args] = process.argv.slice(2);
  if (name === undefined) return listTrainers();
  const trainer = trainers[name];
  if (!trainer) throw new Error(`unknown model ${name}; known: ${Object.keys(trainers).join(', ')}`);
  await trainer.run(args, say);
}

main().catch((error: unknown) => {
  process.stderr.write(`train: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
