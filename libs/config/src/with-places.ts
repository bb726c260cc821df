import type { ConfigProblem } from './config-store';
import { locateProblem } from './locate-problem';
import { readYaml } from './read-yaml';

/** Problems with line and column in the file, as far as it can be read: whoever found them may know the values only. */
export function withPlaces(file: string, problems: readonly ConfigProblem[]): readonly ConfigProblem[] {
  const isMissing = (problem: ConfigProblem): boolean => problem.file === file && problem.line === undefined;
  if (!problems.some(isMissing)) return problems;
  const source = readYaml(file);
  if (!source.ok) return problems;
  return problems.map((problem) => (isMissing(problem) ? locateProblem(source.value, problem) : problem));
}
