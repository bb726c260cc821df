import { notifications } from '@mantine/notifications';
import { QueryClientProvider, type QueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { RouterProvider } from 'react-router/dom';
import { onReachability } from '../api/reachability';
import { createQueryClient } from './query-client';
import { createRouter } from './router';

/** All that one person sees, and all that was fetched for them: the next one begins with nothing. */
export function Console() {
  const [router] = useState(createRouter);
  const [queries] = useState(createQueryClient);
  useEffect(() => () => router.dispose(), [router]);
  useEffect(() => notifications.clean, []);
  useEffect(() => bringUpToDate(queries), [queries]);
  return (
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  );
}

/** Once somebody answers again, whoever noticed it: what is shown is from before the outage, or an error. */
const bringUpToDate = (queries: QueryClient): (() => void) =>
  onReachability((reachable) => {
    if (reachable) void queries.invalidateQueries({}, { cancelRefetch: false });
  });
