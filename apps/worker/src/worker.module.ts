import { Module } from '@nestjs/common';
import { MaintenanceProcessor } from './maintenance.processor';
import { MaintenanceSchedule } from './maintenance.schedule';

/** Background work: BullMQ processors and their schedules. */
@Module({ providers: [MaintenanceProcessor, MaintenanceSchedule] })
export class WorkerModule {}
