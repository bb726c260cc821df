import { QueryClient } from '@tanstack/react-query';
import { ApiError } from '../api/api-error';

/** What was fetched is good for so long before a page that shows it asks again, in ms. */
const STALE_MS = 5_000;
const MAX_RETRIES = 2;
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 8_000;

/** Refusals are answers: only silence and 5xx are tried again, and changes never by themselves. */
export const createQueryClient = (): QueryClient =>
  new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: STALE_MS,
        retry: (failures, error) => failures < MAX_RETRIES && isPassing(error),
        retryDelay: (attempt) => Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** attempt),
        refetchOnWindowFocus: false, // live pages look by themselves, paused ones must not move
        networkMode: 'always', // the relay may run on this machine, whatever the browser thinks of the network
      },
      mutations: { networkMode: 'always' },
    },
  });

const isPassing = (error: Error): boolean => error instanceof ApiError && (error.status === 0 || error.status >= 500);
