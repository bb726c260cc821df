import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { AdminModule } from './admin.module';
import { describeDataPlane } from './openapi.data-plane';

const INFO = new DocumentBuilder()
  .setTitle('LLM Relay')
  .setDescription(
    '`/v1` is the data plane, called with API keys; `/api` is the control plane, called with access tokens.',
  )
  .setVersion('1')
  .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
  .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'POST /api/auth/login' })
  .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'An API key of a tenant' }, 'apiKey')
  .build();

/** The description of both planes. The same code always gives the same text: everything with a name is in order of names. */
export function createOpenApi(app: INestApplication): OpenAPIObject {
  const document = SwaggerModule.createDocument(app, INFO, {
    include: [AdminModule],
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
  });
  const dataPlane = describeDataPlane();
  return {
    ...document,
    paths: sorted({ ...document.paths, ...dataPlane.paths }),
    components: {
      ...document.components,
      schemas: sorted({ ...document.components?.schemas, ...dataPlane.schemas }),
    },
  };
}

/** Serves the description for people at `/docs` and for programs at `/openapi.json`; built at the first look. */
export function setupDocs(app: INestApplication): void {
  SwaggerModule.setup('docs', app, () => createOpenApi(app), { jsonDocumentUrl: 'openapi.json', raw: ['json'] });
}

function sorted<T>(record: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
