// What the process itself uses, for its metrics: asked of Node.js, which counts it anyway.

export interface ProcessUsage {
  /** Of user and system together, since the start. */
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  readonly heapUsedBytes: number;
  /** How long the event loop was at work and not waiting, since the start. */
  readonly eventLoopActiveSeconds: number;
}

export function readProcessUsage(): ProcessUsage {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  // Not of `node:perf_hooks`, which would be loaded with the start.
  const { performance: usage } = globalThis;
  return {
    cpuSeconds: (user + system) / 1e6,
    residentBytes: rss,
    heapUsedBytes: heapUsed,
    eventLoopActiveSeconds: usage.eventLoopUtilization().active / 1000,
  };
}
