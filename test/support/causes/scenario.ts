import type { Hands } from './hands.ts'
import type { EngineFamily, RunTruth, ScenarioTruth } from './truth.ts'

/** One way for a container to end, and what is true of it. */
export interface Scenario extends Pick<ScenarioTruth, 'more'> {
  /** Of letters, digits and dashes: a part of the container's name. */
  readonly name: string
  readonly runs: readonly RunTruth[]
  /** Engines that can't do it, and why. */
  readonly skipped?: { readonly [family in EngineFamily]?: string }
  /** How long it is left alone before it is removed; 1.5 s unless told. */
  readonly staysMs?: number
  /** Afterwards it runs no more, or is gone. */
  act(hands: Hands): Promise<void>
}

/**
 * A main process that dies as its child does, and hands signals on to it: what `docker run --init`
 * gives. As process 1 alone it would not get signals that it has no handler for.
 */
export const RELAY =
  'sleep 60 & p=$!; for s in HUP USR1 TERM; do trap "kill -$s $p" $s; done; echo ready; ' +
  'wait $p; wait $p 2>/dev/null; exit $?'

/** Goes on until it gets one of the signals, then does this. */
export const onSignal = (signal: string, then: string): string =>
  `trap "${then}" ${signal}; echo ready; sleep 60 & wait $!; exit 99`

/** Goes on; nothing but SIGKILL ends it. */
export const DEAF = `trap "" TERM INT HUP; echo ready; sleep 60`

/** This the first time, that in every later run. */
export const firstThen = (first: string, later: string): string =>
  `if [ -e /again ]; then ${later}; exit 98; fi; touch /again; ${first}`
