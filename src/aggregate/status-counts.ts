// Requests by status code: what totals and roll-ups keep of them.
import * as v from 'valibot';
import { CountSchema } from '../saved.ts';

/** Status codes are 0, for a log that does not say, to 999. */
const STATUS_COUNT = 1000;
const ERROR_STATUS_MIN = 400;

export const StatusSchema = v.pipe(CountSchema, v.maxValue(STATUS_COUNT - 1));

/** Status codes, ascending, each with its requests. */
export const StatusCountsSchema = v.array(v.tuple([StatusSchema, CountSchema]));
export type SavedStatusCounts = v.InferOutput<typeof StatusCountsSchema>;

export class StatusCounts {
  readonly #requests = new Float64Array(STATUS_COUNT);

  add(status: number, requests: number): void {
    this.#requests[status] = (this.#requests[status] ?? 0) + requests;
  }

  clear(): void {
    this.#requests.fill(0);
  }

  /** Of the codes that occurred, ascending. */
  entries(): SavedStatusCounts {
    const counts: [status: number, requests: number][] = [];
    for (let status = 0; status < STATUS_COUNT; status++) {
      const requests = this.#requests[status] ?? 0;
      if (requests > 0) counts.push([status, requests]);
    }
    return counts;
  }
}

/** Whether a request with that status counts as failed. */
export function isError(status: number): boolean {
  return status >= ERROR_STATUS_MIN;
}
