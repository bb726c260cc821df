import { Injectable } from '@nestjs/common';

/** Whether this process takes requests: not while it starts, not once it is stopping. */
@Injectable()
export class Readiness {
  private current: 'starting' | 'ready' | 'stopping' = 'starting';

  get state(): string {
    return this.current;
  }
  get isReady(): boolean {
    return this.current === 'ready';
  }
  started(): void {
    this.current = 'ready';
  }
  stopping(): void {
    this.current = 'stopping';
  }
}
