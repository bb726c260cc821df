import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which token took the place of a used one. One that was revoked without a successor ended with a logout. */
export class RefreshTokenSuccessors1763700000300 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE refresh_tokens ADD COLUMN replaced_by uuid');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE refresh_tokens DROP COLUMN replaced_by');
  }
}
