import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';

const ROUTE = '/api/usage/reconcile';
/** An invoice of 20 MB as a JSON text, line ends and quotes escaped. */
const INVOICE_BODY_BYTES = 26_000_000;

/** Lets the one route of `/api` that takes a file take one; the others keep the 1 MiB of the server. Made before routes are. */
@Injectable()
export class InvoiceBodyLimit {
  constructor({ httpAdapter }: HttpAdapterHost) {
    const server = httpAdapter.getInstance<FastifyInstance>();
    server.addHook('onRoute', (route) => {
      if (route.url === ROUTE) route.bodyLimit = INVOICE_BODY_BYTES;
    });
  }
}
