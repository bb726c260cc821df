import { Roles } from '@relay/auth';
import { type PoolPage, poolPageSchema } from '@relay/contracts';
import { Admission, Scheduler } from '@relay/scheduler';
import { Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { ApiController } from '../http/api-controller.decorator';

@ApiController('queues')
export class QueuesController {
  constructor(
    private readonly scheduler: Scheduler,
    private readonly admission: Admission,
  ) {}

  @Get()
  @Roles('operator', 'viewer')
  @ApiOperation({ summary: 'Slots and waiting requests of every provider, in this process' })
  @ApiOkResponse({ standardSchema: poolPageSchema })
  list(): PoolPage {
    const data = this.scheduler.snapshot().map(({ lowered: _lowered, refused: _refused, ...pool }) => ({
      ...pool,
      tenants: [...pool.tenants],
      held: pool.held.map(({ model, until }) => ({ model, until: new Date(until).toISOString() })),
      degrading: this.admission.isDegrading(pool.id),
    }));
    return { data, nextCursor: null };
  }
}
