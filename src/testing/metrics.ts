import type { EngineCore } from './core.ts'

/** Of an engine's metrics those that speak of events; a real one has some hundred more. */
export function metricsText(core: EngineCore): string {
  const started = Number(core.startedAt / 1_000_000n) / 1000
  return [
    '# HELP engine_daemon_events_subscribers_total The number of current subscribers to events',
    '# TYPE engine_daemon_events_subscribers_total gauge',
    `engine_daemon_events_subscribers_total ${goFloat(core.subscribers)}`,
    '# HELP engine_daemon_events_total The number of events logged',
    '# TYPE engine_daemon_events_total counter',
    `engine_daemon_events_total ${goFloat(core.total)}`,
    '# HELP process_start_time_seconds Start time of the process since unix epoch in seconds.',
    '# TYPE process_start_time_seconds gauge',
    `process_start_time_seconds ${goFloat(started)}`,
    '',
  ].join('\n')
}

/** As Go writes a float: 21 is `21`, 2,000,000 is `2e+06`. */
function goFloat(value: number): string {
  if (value < 1e6) return String(value)
  const [digits, exponent] = value.toExponential().split('e+')
  return `${digits}e+${exponent!.padStart(2, '0')}`
}
