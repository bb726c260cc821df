import type { TraceFilter } from '@relay/contracts';

/** Which traces are meant, by somebody who may not know what was said in them: `q` looks at rows alone then, and finds nothing by words. */
export type TraceSearch = TraceFilter & { readonly hidesWords?: true };
