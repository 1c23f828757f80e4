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

export class Meters {
  /** By what they measure, and of which requests. */
  readonly #meters = new Map<string, Meter>();
  #all: readonly Meter[] = [];
  /** Seconds must tell of clients. */
  hasClients = false;

  requests(selector: Selector): CountMeter {
    return this.#share(
      `requests ${selector.key}`,
      () => new CountMeter((second) => selector.countIn(second)),
    );
  }

  bytes(selector: Selector): CountMeter {
    return this.#share(`bytes ${selector.key}`, () => new CountMeter((second) => selector.bytesIn(second)));
  }

  failures(selector: Selector): CountMeter {
    return this.#share(
      `failures ${selector.key}`,
      () => new CountMeter((second) => selector.failuresIn(second)),
    );
  }

  latencies(selector: Selector): LatencyMeter {
    return this.#share(`latencies ${selector.key}`, () => new LatencyMeter(selector));
  }

  clients(selector: Selector): ClientMeter {
    this.hasClients = true;
    return this.#share(`clients ${selector.key}`, () => new ClientMeter(selector));
  }

  silence(selector: Selector): SilenceMeter {
    return this.#share(`silence ${selector.key}`, () => new SilenceMeter(selector));
  }

  start(nowSeconds: number): void {
    this.#all = [...this.#meters.values()];
    for (const meter of this.#all) meter.start(nowSeconds);
  }

  add(second: Second): void {
    for (let i = 0; i < this.#all.length; i++) this.#all[i]?.add(second);
  }

  tick(): void {
    for (let i = 0; i < this.#all.length; i++) this.#all[i]?.tick();
  }

  jumpTo(nowSeconds: number): void {
    for (const meter of this.#all) meter.jumpTo(nowSeconds);
  }

  isEmpty(): boolean {
    for (let i = 0; i < this.#all.length; i++) if (this.#all[i]?.isEmpty === false) return false;
    return true;
  }

  snapshot(): MetersSnapshot {
    return [...this.#meters].flatMap(([key, meter]): MetersSnapshot => {
      const saved = meter.snapshot();
      return saved === null ? [] : [[key, saved]];
    });
  }

  /** Those that measure the same go on. False when what was saved of one does not fit it; it begins afresh. */
  restore(saved: MetersSnapshot): boolean {
    let isWhole = true;
    for (const [key, value] of saved) {
      const meter = this.#meters.get(key);
      if (meter !== undefined && !meter.restore(value)) isWhole = false;
    }
    return isWhole;
  }

  #share<Kind extends Meter>(key: string, create: () => Kind): Kind {
    // The key begins with the kind: what is found is of it.
    const known = this.#meters.get(key) as Kind | undefined;
    if (known !== undefined) return known;
    const meter = create();
    this.#meters.set(key, meter);
    return meter;
  }
}
