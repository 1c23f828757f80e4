// The meters that a set of rules needs, each once, however many rules look at it.
import * as v from 'valibot';
import type { Second } from '../aggregate/second.ts';
import { ClientMeter } from './client-meter.ts';
import { CountMeter } from './count-meter.ts';
import { LatencyMeter } from './latency-meter.ts';
import type { Meter } from './meter.ts';
import type { Selector } from './selector.ts';
import { SilenceMeter } from './silence-meter.ts';

export const MetersSnapshotSchema = v.array(v.strictTuple([v.string(), v.unknown()]));
export type MetersSnapshot = v.InferOutput<typeof MetersSnapshotSchema>;

/** Meters of one kind, by what they measure and of which requests. */
class Shared<Kind extends Meter> {
  readonly all = new Map<string, Kind>();

  get(key: string, create: () => Kind): Kind {
    const known = this.all.get(key);
    if (known !== undefined) return known;
    const meter = create();
    this.all.set(key, meter);
    return meter;
  }
}

export class Meters {
  readonly #counts = new Shared<CountMeter>();
  readonly #latencies = new Shared<LatencyMeter>();
  readonly #clients = new Shared<ClientMeter>();
  readonly #silences = new Shared<SilenceMeter>();
  /** All of them, once it has begun. */
  #meters: readonly Meter[] = [];

  /** Seconds must tell of clients. */
  get hasClients(): boolean {
    return this.#clients.all.size > 0;
  }

  requests(selector: Selector): CountMeter {
    const read = (second: Second): number => selector.countIn(second);
    return this.#counts.get(`requests ${selector.key}`, () => new CountMeter(read));
  }

  bytes(selector: Selector): CountMeter {
    const read = (second: Second): number => selector.bytesIn(second);
    return this.#counts.get(`bytes ${selector.key}`, () => new CountMeter(read));
  }

  failures(selector: Selector): CountMeter {
    const read = (second: Second): number => selector.failuresIn(second);
    return this.#counts.get(`failures ${selector.key}`, () => new CountMeter(read));
  }

  latencies(selector: Selector): LatencyMeter {
    return this.#latencies.get(`latencies ${selector.key}`, () => new LatencyMeter(selector));
  }

  clients(selector: Selector): ClientMeter {
    return this.#clients.get(`clients ${selector.key}`, () => new ClientMeter(selector));
  }

  silence(selector: Selector): SilenceMeter {
    return this.#silences.get(`silence ${selector.key}`, () => new SilenceMeter(selector));
  }

  start(nowSeconds: number): void {
    this.#meters = [...this.#byKey().values()];
    for (const meter of this.#meters) meter.start(nowSeconds);
  }

  add(second: Second): void {
    for (let i = 0; i < this.#meters.length; i++) this.#meters[i]?.add(second);
  }

  tick(): void {
    for (let i = 0; i < this.#meters.length; i++) this.#meters[i]?.tick();
  }

  jumpTo(nowSeconds: number): void {
    for (const meter of this.#meters) meter.jumpTo(nowSeconds);
  }

  isEmpty(): boolean {
    for (let i = 0; i < this.#meters.length; i++) if (this.#meters[i]?.isEmpty === false) return false;
    return true;
  }

  snapshot(): MetersSnapshot {
    return [...this.#byKey()].flatMap(([key, meter]): MetersSnapshot => {
      const saved = meter.snapshot();
      return saved === null ? [] : [[key, saved]];
    });
  }

  /** Those that measure the same go on. False when what was saved of one does not fit it; it begins afresh. */
  restore(saved: MetersSnapshot): boolean {
    const meters = this.#byKey();
    let isWhole = true;
    for (const [key, value] of saved) {
      const meter = meters.get(key);
      if (meter !== undefined && !meter.restore(value)) isWhole = false;
    }
    return isWhole;
  }

  #byKey(): ReadonlyMap<string, Meter> {
    return new Map<string, Meter>([
      ...this.#counts.all,
      ...this.#latencies.all,
      ...this.#clients.all,
      ...this.#silences.all,
    ]);
  }
}
