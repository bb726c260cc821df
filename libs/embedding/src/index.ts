export { builtinEmbedder } from './builtin/builtin.embedder';
export type { Embedder, Vectors } from './embedder.port';
export { EmbeddingModule } from './embedding.module';
export { EmbeddingService, type EmbeddingStats } from './embedding.service';
