import { BoundedReader } from '@relay/database';
import { Module } from '@nestjs/common';
import { CapacityService } from './capacity.service';
import { DiskReader } from './persistence/disk-reader';
import { GrowthReader } from './persistence/growth-reader';
import { LoadReader } from './persistence/load-reader';
import { WhatIfService } from './what-if.service';

/** How full pools and limits are. Needs the global CLOCK, ENVIRONMENT, ConfigStore and data source. */
@Module({
  providers: [CapacityService, WhatIfService, BoundedReader, LoadReader, GrowthReader, DiskReader],
  exports: [CapacityService, WhatIfService],
})
export class CapacityModule {}
