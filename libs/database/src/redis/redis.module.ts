import { Global, Module } from '@nestjs/common';
import { RedisConnections } from './redis-connections.service';
import { RedisHealth } from './redis.health';
import { REDIS } from './redis.tokens';

@Global()
@Module({
  providers: [
    RedisConnections,
    {
      provide: REDIS,
      inject: [RedisConnections],
      useFactory: (connections: RedisConnections) => connections.connect(),
    },
    RedisHealth,
  ],
  exports: [REDIS, RedisConnections, RedisHealth],
})
export class RedisModule {}
