import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Problem } from '../../../components/code-editor';
import { lintQuery } from '../policies.queries';

/** Typing rests so long before the relay is asked what is wrong, in ms. */
const REST_MS = 400;

const NO_PROBLEMS: readonly Problem[] = [];

interface Lint {
  readonly problems: readonly Problem[];
  readonly behind: boolean; // the answer is of an earlier text, or none came yet
  readonly failed: Error | null; // the relay could not be asked
}

/** What the relay finds wrong with a text. */
export function useLint(text: string): Lint {
  const [rested] = useDebouncedValue(text, REST_MS);
  const lint = useQuery({ ...lintQuery(rested), enabled: rested !== '' });
  const found = lint.data?.problems;
  const problems = useMemo(
    () =>
      found?.map(({ path, found: was, allowed, ...place }) => ({
        ...place,
        message: `${path === '' ? '' : `${path}: `}found ${was}; allowed: ${allowed}`,
      })) ?? NO_PROBLEMS,
    [found],
  );
  return { problems, behind: rested !== text || lint.isPending, failed: lint.error };
}
