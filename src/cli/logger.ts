import { Writable } from 'node:stream'
import { styleText } from 'node:util'
import { pino, type DestinationStream, type Logger } from 'pino'
import { printableText } from './output.ts'
import type { Terminal } from './streams.ts'

export interface LogSettings {
  readonly level: string
  /** `auto`: pretty on a terminal, JSON elsewhere. */
  readonly format: 'auto' | 'json' | 'pretty'
}

/** The log goes to stderr: data has stdout for itself. */
export function createLogger({ level, format }: LogSettings, { stderr }: Terminal): Logger {
  const pretty = format === 'pretty' || (format === 'auto' && stderr.isTTY === true)
  const destination: DestinationStream = pretty
    ? prettyDestination(stderr, stderr.isTTY === true)
    : { write: (line: string) => void stderr.write(line) }
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: (error: unknown) => (error instanceof Error ? error.message : error) },
    },
    destination,
  )
}

const tones: { readonly [level: string]: 'red' | 'yellow' | 'gray' } = {
  fatal: 'red',
  error: 'red',
  warn: 'yellow',
  debug: 'gray',
  trace: 'gray',
}

/** `14:02:10 warn  message  key=value`: one line an event, for people. */
function prettyDestination(stream: Writable, colour: boolean): DestinationStream {
  return {
    write(line: string) {
      stream.write(pretty(line, colour))
    },
  }
}

function pretty(line: string, colour: boolean): string {
  const { level, time, msg, ...fields } = JSON.parse(line) as { [key: string]: unknown }
  const label = String(level)
  const tone = tones[label]
  const shown =
    colour && tone ? styleText(tone, label.padEnd(5), { validateStream: false }) : label.padEnd(5)
  const rest = Object.entries(fields)
    // What the message says already, as that of an error does.
    .filter(([key, value]) => key !== 'err' && !String(msg).includes(String(value)))
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ')
  const clock = new Date(String(time)).toTimeString().slice(0, 8)
  return `${clock} ${shown} ${printableText(`${String(msg)}${rest === '' ? '' : `  ${rest}`}`)}\n`
}
