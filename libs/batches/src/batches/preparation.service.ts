import { Injectable } from '@nestjs/common';
import { ConfigStore } from '@relay/config';
import type { BatchProblem } from '@relay/contracts';
import { isBlank, readLine, type LineProblem, type LineRequest } from '../domain/read-line';
import { splitLines, type Line } from '../domain/split-lines';
import { FileGone, FileStore } from '../files/file-store';
import type { BatchTask } from './batch-rows';
import { BatchStore } from './batch-store';
import { LineStore } from './line-store';

/** Lines that are stored in one statement: so many, or so many bytes. */
const LINES_AT_ONCE = 500;
const BYTES_AT_ONCE = 4_194_304;

type Waiting = Parameters<LineStore['add']>[1][number];

/** Reads the input of a batch into lines. One that was interrupted is begun anew: lines that are there stay. */
@Injectable()
export class Preparation {
  constructor(
    private readonly batches: BatchStore,
    private readonly lines: LineStore,
    private readonly files: FileStore,
    private readonly config: ConfigStore,
  ) {}

  /** The batch is then in progress, or has failed. Rejects when the database is away. */
  async prepare(task: BatchTask): Promise<void> {
    const file = await this.files.find(task.inputFileId, task.tenantId);
    const read = file ? await this.readWhole(task) : gone(task.inputFileId);
    if (typeof read === 'number') await this.batches.start(task.id, read);
    else await this.batches.fail(task.id, read);
  }

  private async readWhole(task: BatchTask): Promise<number | BatchProblem> {
    try {
      return await this.read(task);
    } catch (error) {
      if (error instanceof FileGone) return gone(task.inputFileId);
      throw error;
    }
  }

  /** How many there are, or why nothing can be done with them. */
  private async read(task: BatchTask): Promise<number | BatchProblem> {
    const { maxRequests } = this.config.current.batches;
    const seen = new Set<string>();
    let [waiting, bytes, total, number]: [Waiting[], number, number, number] = [[], 0, 0, 0];
    const store = async (): Promise<void> => {
      if (waiting.length > 0) await this.lines.add(task.id, waiting);
      [waiting, bytes] = [[], 0];
    };
    for await (const text of splitLines(this.files.read(task.inputFileId), this.maxLineBytes)) {
      number++;
      if ('bytes' in text && isBlank(text.bytes)) continue;
      if (total === maxRequests) return tooMany(maxRequests);
      const line = this.toLine(text, number, task, seen);
      waiting.push({ batchId: task.id, index: total++, line });
      bytes += 'body' in line ? line.body.length : 0;
      if (waiting.length >= LINES_AT_ONCE || bytes >= BYTES_AT_ONCE) await store();
    }
    await store();
    return total === 0 ? EMPTY : total;
  }

  private toLine(text: Line, number: number, { endpoint }: BatchTask, seen: Set<string>): LineRequest | LineProblem {
    if ('tooLong' in text) {
      const message = `Line ${number} is longer than ${this.maxLineBytes} bytes.`;
      return { customId: null, code: 'line_too_long', message };
    }
    const read = readLine(text.bytes, number, endpoint, seen);
    return read.ok ? read.value : read.error;
  }

  /** A line may be as long as a request. */
  private get maxLineBytes(): number {
    return this.config.current.server.bodyLimitBytes;
  }
}

const problem = (code: string, message: string): BatchProblem => ({
  code,
  message,
  param: 'input_file_id',
  line: null,
});

const EMPTY = problem('empty_file', 'The input file has no lines.');

const gone = (id: string): BatchProblem => problem('file_not_found', `The input file ${id} is not there any more.`);

const tooMany = (most: number): BatchProblem =>
  problem('too_many_requests', `The input file has more than ${most} lines.`);
