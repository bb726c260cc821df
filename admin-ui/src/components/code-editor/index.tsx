import { lazy, Suspense } from 'react';
import { SkeletonLines } from '../states';
import type { CodeEditorProps } from './code-editor';

const Loaded = lazy(() => import('./code-editor'));

/** An editor whose code is fetched when one is first shown. Give its parent a height. */
export function CodeEditor(props: CodeEditorProps) {
  return (
    <Suspense fallback={<SkeletonLines lines={10} />}>
      <Loaded {...props} />
    </Suspense>
  );
}

export type { Problem } from './diagnostics';
export type { Complete, Completion } from './completion';
