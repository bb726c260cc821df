import { createBrowserRouter, Navigate, type RouteObject } from 'react-router';
import { forRole } from './for-role';
import { PAGES } from './pages';
import { NotFound, PageFault } from './page-fault';
import { Shell } from '../shell/shell';

const pageRoutes: RouteObject[] = PAGES.flatMap((page) =>
  [page.path, ...(page.also ?? [])].map((route) => ({
    path: route,
    lazy: async () => ({ Component: forRole(page, (await page.load()).default) }),
    ErrorBoundary: PageFault,
  })),
);

export const createRouter = () =>
  createBrowserRouter([
    {
      element: <Shell />,
      children: [
        ...pageRoutes,
        { path: '/login', element: <Navigate to="/" replace /> },
        { path: '*', element: <NotFound /> },
      ],
      HydrateFallback: () => null,
    },
  ]);
