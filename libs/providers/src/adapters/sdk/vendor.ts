import type { EmbeddingModelV3, JSONObject, LanguageModelV3, SharedV3ProviderOptions } from '@ai-sdk/provider';
import type { ProviderConfig } from '@relay/config';
import type { JsonObject, Usage } from '@relay/protocols';
import type { RefusalReply } from '../../domain/upstream-failure';

export type Fetch = typeof globalThis.fetch;

/** What one call reaches the vendor by. */
export interface Link {
  readonly fetch: Fetch;
  /** Empty where there is none: a package would look for one in the environment. */
  readonly apiKey: string;
}

/** The models of a vendor, as its package of the AI SDK has them. */
export interface VendorModels {
  chat(model: string, link: Link): LanguageModelV3;
  embeddings?(model: string, link: Link): EmbeddingModelV3;
}

/** What is told of usage before the end of a stream, so that a stream that breaks is not without any. */
export interface EarlyUsage {
  /** Stands before the object, e.g. `"usage":`. */
  readonly mark: string;
  /** Over what the stream told before: a vendor may tell the input at its beginning and only the output later. */
  readonly merge: (known: Usage | null, told: JsonObject) => Usage | null;
}

/** What the adapters differ in. */
export interface Vendor {
  /** The key of its own settings in a request, and in the options of its package. */
  readonly name: string;
  /** Loads its package, which takes 50 to 200 ms: not before somebody asks. */
  load(provider: ProviderConfig, baseUrl: string): Promise<VendorModels>;
  /** What only this vendor's settings can say: how long to think, who the user is. */
  chatOptions(chat: JsonObject, model: string): SharedV3ProviderOptions;
  /** Fields of a chat request that `chatOptions` reads. */
  readonly chatFields: readonly string[];
  embeddingOptions?(dimensions: number): JSONObject;
  /** A refusal whose status says something else here than elsewhere, put right. */
  refusal?(reply: RefusalReply): RefusalReply;
  readonly earlyUsage?: EarlyUsage;
  /** Where the signature of a thought stands in the package's options. */
  readonly signatureField: 'signature' | 'thoughtSignature';
}
