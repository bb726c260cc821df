import { EmbeddingService } from '@relay/embedding';
import { PolicyService } from '@relay/policy';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';

/** Has the embedder ready while a policy looks anything up by meaning: nobody's question waits for its start. */
@Injectable()
export class ReadyEmbedder implements OnApplicationBootstrap {
  constructor(
    private readonly policies: PolicyService,
    private readonly embeddings: EmbeddingService,
  ) {}

  /** In the background: a start takes no longer for it. */
  onApplicationBootstrap(): void {
    const follow = (): void => this.embeddings.keepReady(this.policies.looksUpByMeaning);
    this.policies.onChange(follow);
    follow();
  }
}
