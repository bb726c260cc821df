import { Roles } from '@relay/auth';
import { type System, systemSchema } from '@relay/contracts';
import { Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { ApiController } from '../http/api-controller.decorator';
import { SystemService } from './system.service';

@ApiController('system')
export class SystemController {
  constructor(private readonly system: SystemService) {}

  @Get()
  @Roles('operator', 'viewer')
  @ApiOperation({ summary: 'What runs, on what, and what is wrong with it' })
  @ApiOkResponse({ standardSchema: systemSchema })
  read(): Promise<System> {
    return this.system.read();
  }
}
