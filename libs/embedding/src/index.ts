export { builtinEmbedder } from './builtin/builtin.embedder';
export { RELAY_ITSELF, type Embedder, type Vectors } from './embedder.port';
export { EmbeddingModule } from './embedding.module';
export { EmbeddingService, type EmbeddingStats } from './embedding.service';
