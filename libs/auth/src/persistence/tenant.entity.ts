import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';
import type { TenantProfile } from '@relay/core';

@Entity('tenants')
export class TenantEntity {
  @PrimaryColumn('text')
  id!: string;

  @Column('text')
  name!: string;

  @Column('real', { default: 1 })
  weight!: number;

  @Column('text', { default: 'standard' })
  tier!: string;

  @Column('text', { array: true, default: [] })
  tags!: string[];

  @Column('text', { array: true, nullable: true })
  models!: string[] | null;

  @Column('jsonb', { default: {} })
  limits!: TenantProfile['limits'];

  @Column('jsonb', { default: {} })
  payloads!: NonNullable<TenantProfile['payloads']>;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'disabled_at', nullable: true })
  disabledAt!: Date | null;
}
