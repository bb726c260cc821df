/** Where messages are sealed, a search does not reach their words: nothing found means less then. */
export function WordsNote({ searched }: { readonly searched: boolean | undefined }) {
  if (searched !== false) return null;
  return (
    <p className="words-note" role="note">
      Prompts and answers are sealed, so their words were not searched: only ids, models and errors were.
    </p>
  );
}
