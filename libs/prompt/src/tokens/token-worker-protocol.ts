/** What the thread that counts is asked, and what it answers. */
export interface CountRequest {
  readonly id: number;
  readonly text: string;
}

export interface CountReply {
  readonly id: number;
  readonly tokens: number;
}
