import { Injectable } from '@nestjs/common';
import type { WarmingTask } from '@relay/cache';
import { AskedRequests, CHAT_ROUTE } from '@relay/trace';
import { distinctBodies, type RequestBody } from './distinct-bodies';

/** Texts that are read for each request that is wanted: some say the same in other words of JSON, or are none that can be asked. */
const TEXTS_PER_REQUEST = 2;

/** The bodies that a warming asks. */
@Injectable()
export class WarmingRequests {
  constructor(private readonly asked: AskedRequests) {}

  /** Nearly the same in each turn: what is asked meanwhile, by the warming as well, counts for nothing; traces that are written late, or dropped, do. Rejects when the database is away. */
  async of({ tenant, source, createdAt }: WarmingTask): Promise<readonly RequestBody[]> {
    if ('requests' in source) return source.requests;
    const { days, top } = source.traces;
    return distinctBodies(
      await this.asked.mostAsked(tenant, CHAT_ROUTE, days, createdAt, top * TEXTS_PER_REQUEST),
      top,
    );
  }
}
