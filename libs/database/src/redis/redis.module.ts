import { Global, Module } from '@nestjs/common';
import { RedisConnections } from './redis-connections.service';
import { RedisHealth } from './redis.health';
import { REDIS, REDIS_OF_COUNTS } from './redis.tokens';

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
    RedisHealth,
  ],
  exports: [REDIS, REDIS_OF_COUNTS, RedisConnections, RedisHealth],
})
export class RedisModule {}
