export type { Embedder } from './embedder.port';
