import { Global, Module } from '@nestjs/common';
import { RedisConnections } from './redis-connections.service';
import { RedisHealth } from './redis.health';
import { REDIS, REDIS_OF_COUNTS, REDIS_OF_SLOTS } from './redis.tokens';

@Global()
@Module({
  providers: [
    RedisConnections,
    {
      provide: REDIS,
      inject: [RedisConnections],
      useFactory: (connections: RedisConnections) => connections.connect(),
    },
    {
      provide: REDIS_OF_COUNTS,
      inject: [RedisConnections],
      useFactory: (connections: RedisConnections) => connections.connectToCount(),
    },
    {
      provide: REDIS_OF_SLOTS,
      inject: [RedisConnections],
      useFactory: (connections: RedisConnections) => connections.connectForSlots(),
    },
    RedisHealth,
  ],
  exports: [REDIS, REDIS_OF_COUNTS, REDIS_OF_SLOTS, RedisConnections, RedisHealth],
})
export class RedisModule {}
