import { errorBodySchema } from '@relay/contracts';
import { JwtAuthGuard, RolesGuard } from '@relay/auth';
import { applyDecorators, Controller, UseGuards, UsePipes } from '@nestjs/common';
import { ApiBearerAuth, ApiDefaultResponse, ApiTags } from '@nestjs/swagger';
import { ApiValidationPipe } from './api-validation.pipe';

/** A controller under `/api`: logged in users only, roles and schemas enforced, described in openapi.json. */
export function ApiController(path: string): ClassDecorator {
  return applyDecorators(
    Controller(`api/${path}`),
    UseGuards(JwtAuthGuard, RolesGuard),
    UsePipes(ApiValidationPipe),
    ApiTags(path),
    ApiBearerAuth(),
    ApiDefaultResponse({ description: 'Refused or failed; `code` says why.', standardSchema: errorBodySchema }),
  );
}
