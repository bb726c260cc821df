import { Module } from '@nestjs/common';
import { BackgroundResponses } from './background/background-responses.service';
import { BackgroundStore } from './background/background.store';
import { Leases } from './background/leases';
import { ResponseQueue } from './background/response-queue';
import { ResponseUpkeep } from './background/response-upkeep';
import { ResponseStore } from './persistence/response.store';
import { ResponseKeeper } from './response-keeper.service';
import { ResponseFollower } from './response-follower.service';
import { Responses } from './responses.service';

const PARTS = [
  ...[Responses, ResponseFollower, ResponseKeeper, ResponseStore],
  ...[BackgroundResponses, BackgroundStore, Leases, ResponseQueue, ResponseUpkeep],
];

/** Responses that are kept, and those that are made in the background. */
@Module({ providers: PARTS, exports: PARTS })
export class ResponsesModule {}
