// Counts records where they belong, with as much besides as is asked for: samples, their texts and lines, hashes of clients.
import type { AccessRecord } from '../parse/record.ts';
import { WordView } from '../parse/words.ts';
import type { SecondDetails } from './aggregator-options.ts';
import type { OpenSecond } from './open-second.ts';
import { hashWords } from './path-keys.ts';
import type { RequestRun } from './request-run.ts';
import { NO_LINE } from './sampled-lines.ts';
import type { SampleTexts } from './sample-texts.ts';
import { NO_TEXT } from './text-table.ts';

export class RecordCounter {
  details: SecondDetails;
  readonly #texts: SampleTexts;
  readonly #words = new WordView();

  constructor(details: SecondDetails, texts: SampleTexts) {
    this.details = details;
    this.#texts = texts;
  }

  countIn(second: OpenSecond, seriesId: number, record: AccessRecord): void {
    const { hasSamples, hasClients, lines } = this.details;
    const { latencyMs } = record;
    second.count(seriesId, record.status, 1, record.bytesSent);
    second.countLatency(seriesId, latencyMs);
    if (hasClients) second.clients.push(seriesId, this.#hashClient(record));
    if (!hasSamples) return;
    const sample = second.sampleFor(record.status);
    if (!sample.isWanted()) return;
    const client = this.#texts.clientIdOf(record);
    const agent = this.#texts.agentIdOf(record);
    const line = sample.isLineWanted() ? lines?.keep(record) : NO_LINE;
    sample.keep(seriesId, latencyMs, client, agent, line ?? NO_LINE);
  }

  /** False, and nothing is counted, when the second of the record is none that goes on there, or does so no longer. */
  pushTo(run: RequestRun, seriesId: number, code: number, record: AccessRecord): boolean {
    const { hasSamples, hasClients, lines } = this.details;
    // Texts may need room, for which the run is left.
    const client = hasSamples ? this.#texts.clientIdOf(record) : NO_TEXT;
    const agent = hasSamples ? this.#texts.agentIdOf(record) : NO_TEXT;
    if (!run.goesOn(record.timeSeconds)) return false;
    const place = run.push(seriesId, code, record);
    run.clients[place] = client;
    run.agents[place] = agent;
    run.lines[place] = hasSamples && lines !== undefined ? lines.keep(record) : NO_LINE;
    if (hasClients) run.clientHashes[place] = this.#hashClient(record);
    return true;
  }

  #hashClient({ bytes, clientStart, clientEnd }: AccessRecord): number {
    return hashWords(this.#words.of(bytes), clientStart, clientEnd);
  }
}
