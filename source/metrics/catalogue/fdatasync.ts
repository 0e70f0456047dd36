import type { Metric } from '../metric.ts'

const signal = 'fdatasync'
const etcd = 'etcd and Red Hat guidance: WAL fsync p99 below 10 ms'

/** Latency of fdatasync, as etcd suffers it; the device's own flush time stands apart and never borrows these ids. */
export const fdatasyncMetrics = [
  {
    id: 'fdatasync.mean',
    signal,
    title: 'fdatasync mean',
    unit: 'ms',
    worse: 'higher',
    levels: {
      note: { raise: 5, clear: 4, hold: 10, linger: 30, origin: 'kntop: half of the p99 that etcd asks for' },
      warning: { raise: 10, clear: 8, hold: 10, linger: 30, origin: etcd },
      critical: {
        raise: 25,
        clear: 20,
        hold: 10,
        linger: 30,
        origin: 'etcd guidance: above 20 ms a member fails the fio test',
      },
    },
    period: 5,
    column: { heading: 'FSYNC', width: 7, priority: 7 },
    meaning: 'Mean time of one fdatasync over the last interval. etcd answers no write before it returns.',
    action: 'Move etcd to its own fast disk; look for other writers (pressure.io) and for throttled volumes.',
  },
  {
    id: 'fdatasync.p99',
    signal,
    title: 'fdatasync p99',
    unit: 'ms',
    worse: 'higher',
    levels: {
      warning: { raise: 10, clear: 8, hold: 0, linger: 30, origin: etcd },
      critical: { raise: 20, clear: 16, hold: 0, linger: 30, origin: 'etcd-perf of Red Hat passes below 20 ms' },
    },
    percentile: 99,
    standIn: { metric: 'fdatasync.max', word: 'max' },
    period: 5,
    column: { heading: 'FSYNC99', width: 8, priority: 2 },
    meaning: 'One fdatasync in a hundred took longer. Needs 500 observations within five minutes.',
    action: 'Above 10 ms etcd is at risk of leader elections: faster disk, fewer neighbours on it.',
  },
  {
    id: 'fdatasync.p50',
    signal,
    title: 'fdatasync median',
    unit: 'ms',
    worse: 'higher',
    levels: {},
    percentile: 50,
    period: 5,
    meaning: 'Half of the fdatasync calls took longer. etcd counts from 1 ms on: below it says only "below".',
    action: 'Compare it with the p99: far apart means bursts of other writers, near means a slow device.',
  },
  {
    id: 'fdatasync.max',
    signal,
    title: 'slowest fdatasync',
    unit: 'ms',
    worse: 'higher',
    levels: {},
    period: 5,
    meaning: 'The slowest fdatasync of the last interval. Only the active probe knows it; etcd keeps no maximum.',
    action: 'A single slow call is a hint; look at the p99 and at the share of slow ones.',
  },
  {
    id: 'fdatasync.slow_share',
    signal,
    title: 'share of fdatasync slower than 8 ms',
    unit: '%',
    worse: 'higher',
    levels: {
      note: { raise: 1, clear: 0.5, hold: 0, linger: 30, origin: 'kntop: 1 % slower than 8 ms is a p99 of 8 ms' },
      warning: { raise: 5, clear: 3, hold: 0, linger: 30, origin: 'kntop: one write in twenty waits' },
      critical: { raise: 25, clear: 15, hold: 0, linger: 30, origin: 'kntop: one write in four waits' },
    },
    denominator: { least: 100, of: 'fdatasync calls' },
    period: 5,
    meaning:
      'Share of fdatasync calls that took more than 8 ms, the histogram bound of etcd next below its 10 ms limit.',
    action: 'As for the p99: a faster disk for etcd, fewer neighbours on it.',
  },
  {
    id: 'flush.mean',
    signal,
    title: 'device flush mean',
    unit: 'ms',
    worse: 'higher',
    levels: {
      note: {
        raise: 10,
        clear: 8,
        hold: 10,
        linger: 30,
        origin: 'kntop: a flush alone reaches the p99 that etcd asks of fdatasync',
      },
    },
    period: 1,
    column: { heading: 'FLUSH', width: 7, priority: 12 },
    meaning:
      'Mean time of a cache flush of the block device. Only a part of an fdatasync: compare it with itself, never with that.',
    action: 'If it rises, the device or its host is busy. Ask for --with disk-probe to see what fdatasync feels.',
  },
] as const satisfies readonly Metric[]
