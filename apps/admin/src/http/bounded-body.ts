import { BadRequestException } from '@nestjs/common';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import { countValues, type JsonBounds } from '@relay/protocols';

/** No request to the control plane comes near. To parse as many takes up to 70 ms where each key is another, 10 ms of lists in one another (Node 20.20). */
const BOUNDS: JsonBounds = { values: 50_000, lists: 20_000 };
/** No route asks for a form. One of 1 MiB takes 0.4 s to parse where each key is another. */
const FORM_BYTES = 16_384;

/** Bodies are parsed before anybody has asked who sends them, so what they hold is counted first. Before the application is made. */
export function boundBodies(adapter: FastifyAdapter): void {
  adapter.useBodyParser('application/x-www-form-urlencoded', false, { bodyLimit: FORM_BYTES });
  const server = adapter.getInstance();
  const { onProtoPoisoning = 'error', onConstructorPoisoning = 'error' } = server.initialConfig;
  const parse = server.getDefaultJsonParser(onProtoPoisoning, onConstructorPoisoning);
  adapter.useBodyParser('application/json', false, {}, (request, body: Buffer, done) => {
    const counted = countValues(body, BOUNDS);
    if (counted.ok) void parse(request, body.toString('utf8'), done);
    else done(new BadRequestException(counted.error.message));
  });
}
