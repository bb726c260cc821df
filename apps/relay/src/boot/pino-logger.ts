import type { LoggerService, LogLevel } from '@nestjs/common';
import pino, { type Logger } from 'pino';

/** Parts of the framework that tell of their wiring at every start: of interest only when debugging. */
const CHATTY_CONTEXTS = new Set([
  'InstanceLoader',
  'RouterExplorer',
  'RoutesResolver',
  'NestFactory',
  'NestApplication',
]);
/** Parts of the framework that report an error and throw it as well: main.ts tells it, once. */
const REPORTED_TWICE = new Set(['ExceptionHandler', 'NestApplication']);

/** Nest's logger over pino: one JSON line an event, `context` naming the class it came from. */
export class PinoLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    const context = contextOf(rest);
    this.write(context !== undefined && CHATTY_CONTEXTS.has(context) ? 'debug' : 'info', message, rest);
  }
  error(message: unknown, ...rest: unknown[]): void {
    this.write(REPORTED_TWICE.has(contextOf(rest) ?? '') ? 'debug' : 'error', message, rest);
  }
  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }
  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }
  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }
  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }
  setLogLevels(_levels: LogLevel[]): void {
    // The level is pino's own: RELAY_LOG_LEVEL.
  }

  private write(level: pino.Level, message: unknown, rest: unknown[]): void {
    const context = contextOf(rest);
    const detail = rest.slice(0, context === undefined ? undefined : -1).filter((part) => part !== undefined);
    const fields: Record<string, unknown> = context === undefined ? {} : { context };
    if (message instanceof Error) return this.logger[level]({ ...fields, err: message }, message.message);
    if (message !== null && typeof message === 'object') {
      return this.logger[level]({ ...fields, ...message }, detail.filter((part) => typeof part === 'string').join(' '));
    }
    if (detail.length > 0) fields.detail = detail.length === 1 ? detail[0] : detail;
    this.logger[level](fields, String(message));
  }
}

/** Nest passes the context as the last argument. */
function contextOf(rest: readonly unknown[]): string | undefined {
  const last = rest.at(-1);
  return typeof last === 'string' ? last : undefined;
}

/** JSON lines on standard output; secrets that could slip into an object are replaced. */
export function createPino(level: string): Logger {
  return pino({
    level,
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: {
      paths: ['*.authorization', '*.password', '*.apiKey', '*.cookie', 'authorization', 'password', 'apiKey'],
      censor: '[hidden]',
    },
  });
}
