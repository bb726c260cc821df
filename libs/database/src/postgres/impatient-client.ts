import { Client, type ClientConfig } from 'pg';

type AnyQuery = (...args: unknown[]) => unknown;

/**
 * pg's `query_timeout` gives up on an answer but leaves the query at the head of the client's line, where everything after
 * it would wait for the same answer: a server that died silently, or a lost NAT entry, blocked the connection for ever.
 * This client closes itself then, so that its pool opens another.
 */
export class ImpatientClient extends Client {
  constructor(config?: string | ClientConfig) {
    super(config);
    const ask = super.query.bind(this) as AnyQuery;
    const query: AnyQuery = (...args) => {
      const answer = ask(...args);
      if (answer instanceof Promise) answer.catch((error: unknown) => this.giveUpOn(error));
      return answer;
    };
    Object.assign(this, { query });
  }

  private giveUpOn(error: unknown): void {
    if (!(error instanceof Error) || error.message !== 'Query read timeout') return;
    this.end().catch(() => undefined); // it destroys the socket, as a query is under way
  }
}
