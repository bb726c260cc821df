import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import type { ConfigProblem } from './config-store';
import { locateProblem } from './locate-problem';
import { isFields, type PolicyPart } from './policy-parts';
import { includedPolicySchema, MAX_INCLUDED_FILES } from './policy-source.schema';
import { problemsOf } from './problem';
import { MAX_POLICY_BYTES, readYaml } from './read-yaml';
import type { YamlSource } from './yaml-source';

const MAX_LEVELS = 8; // of files that include files

export interface IncludeOptions {
  /** Folders; included files lie in one of them, or below. */
  readonly roots: readonly string[];
  /** Told of each file before it is read, also of one that is missing. */
  readonly onRead?: (file: string) => void;
}

export interface Included {
  readonly parts: readonly PolicyPart[]; // the included ones first, in order; the policy itself last
  readonly problems: readonly ConfigProblem[];
}

/** Reads everything that a policy includes, and what that includes. A file that is named twice counts where it is named first. */
export function readIncludes(own: PolicyPart, options: IncludeOptions): Included {
  const reader = new IncludeReader(options);
  reader.add(own, [realPath(own.source.file)]);
  return reader;
}

class IncludeReader implements Included {
  readonly parts: PolicyPart[] = [];
  readonly problems: ConfigProblem[] = [];
  private readonly seen = new Set<string>();

  constructor(private readonly options: IncludeOptions) {}

  /** `chain`: the files that lead here, the part's own last. */
  add(part: PolicyPart, chain: readonly string[]): void {
    const written = Array.isArray(part.fields.include) ? (part.fields.include as unknown[]) : [];
    written.forEach((name, i) => {
      if (typeof name === 'string' && name !== '') this.include(part, name, i, chain); // the schema tells of all else
    });
    this.parts.push(part);
  }

  private include(from: PolicyPart, name: string, index: number, chain: readonly string[]): void {
    const file = path.resolve(path.dirname(path.resolve(from.source.file)), name);
    const real = realPath(file);
    const refusal = this.refusal(file, real, name, chain);
    if (refusal) {
      const at = `${from.at ? `${from.at}.` : ''}include[${index}]`;
      this.problems.push(locateProblem(from.source, { path: at, ...refusal }));
      return;
    }
    if (this.seen.has(real)) return;
    this.seen.add(real);
    this.options.onRead?.(file);
    const source = readYaml(file, MAX_POLICY_BYTES);
    if (!source.ok) this.problems.push(...source.error);
    else this.addFragment(source.value, [...chain, real]);
  }

  private refusal(
    file: string,
    real: string,
    name: string,
    chain: readonly string[],
  ): Omit<ConfigProblem, 'file' | 'path'> | undefined {
    const { roots, onRead } = this.options;
    if (roots.length === 0)
      return { found: `"${name}"`, allowed: 'a document that includes nothing: it is not in a folder' };
    const outside = roots.every((root) => !isBelow(path.resolve(root), file) || !isBelow(realPath(root), real));
    if (outside)
      return { found: `"${name}", which lies elsewhere`, allowed: `a file in ${roots.join(' or ')}, or below` };
    if (!existsSync(file)) {
      onRead?.(file);
      return { found: `"${name}", which is not there`, allowed: 'a readable YAML file' };
    }
    if (chain.includes(real)) {
      const loop = [...chain.slice(chain.indexOf(real)), real].map((step) =>
        path.relative(realPath(roots[0] ?? '.'), step),
      );
      return { found: `a loop: ${loop.join(' -> ')}`, allowed: 'files that do not include one another' };
    }
    if (chain.length > MAX_LEVELS) {
      return {
        found: `"${name}" at level ${chain.length}`,
        allowed: `at most ${MAX_LEVELS} levels of files that include files`,
      };
    }
    if (this.seen.size >= MAX_INCLUDED_FILES && !this.seen.has(real)) {
      return { found: `"${name}" as one more file`, allowed: `at most ${MAX_INCLUDED_FILES} included files` };
    }
    return undefined;
  }

  private addFragment(source: YamlSource, chain: readonly string[]): void {
    const parsed = includedPolicySchema.safeParse(source.value);
    if (!parsed.success) {
      const problems = problemsOf(source.file, includedPolicySchema, source.value, parsed.error);
      this.problems.push(...problems.map((problem) => locateProblem(source, problem)));
    }
    this.add({ source, at: '', fields: isFields(source.value) ? source.value : {} }, chain);
  }
}

/** Without its symbolic links, as far as there is such a file. */
function realPath(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return path.resolve(file);
  }
}

function isBelow(folder: string, file: string): boolean {
  const relative = path.relative(folder, file);
  return relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
}
