import { autocompletion, completionKeymap, type CompletionContext } from '@codemirror/autocomplete';
import type { Extension } from '@codemirror/state';
import { keymap } from '@codemirror/view';

export interface CompletionOption {
  readonly label: string;
  readonly detail: string;
  readonly insert?: string; // left out: the label
}

export interface Completion {
  readonly length: number; // characters before the cursor that an option takes the place of
  readonly options: readonly CompletionOption[];
}

/** Says what can stand after a text. */
export type Complete = (before: string) => Completion | null;

/** Offers while somebody types a word, and on Ctrl-Space anywhere. */
export function completion(complete: () => Complete | undefined): Extension[] {
  const source = (context: CompletionContext) => {
    const found = complete()?.(context.state.sliceDoc(0, context.pos)) ?? null;
    if (found === null || (found.length === 0 && !context.explicit)) return null;
    const options = found.options.map(({ label, detail, insert }) => ({ label, detail, apply: insert ?? label }));
    return { from: context.pos - found.length, options, validFor: /^[\w.@/-]*$/ };
  };
  return [autocompletion({ override: [source], icons: false }), keymap.of(completionKeymap)];
}
