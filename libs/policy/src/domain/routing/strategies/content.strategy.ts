import type { Strategy } from './strategy';

/** The model that is expected to answer such a prompt best. */
export const content: Strategy = {
  describe: () => 'content: the best expected quality for the task, the language and the complexity first',
  score: ({ quality }) => quality,
};
