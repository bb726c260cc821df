/** Where the words of a request may go; null: anywhere. */
export interface Places {
  readonly regions: readonly string[] | null;
  readonly providers: readonly string[] | null;
}

/** Where an embedder is that is asked over HTTP. */
interface Server {
  readonly region: string | null; // null: it is not told
}

/** Regions of embedders that may see the words of a request; null: any. Where providers are named, an embedder is none of them. */
export const embedderRegionsOf = ({ regions, providers }: Places): readonly string[] | null =>
  providers === null ? regions : [];

/** `server`: where the embedder is; null: in this process, which has the words already. */
export const mayEmbed = (server: Server | null, regions: readonly string[] | null): boolean =>
  server === null || regions === null || (server.region !== null && regions.includes(server.region));
