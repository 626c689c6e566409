import { classic } from './classic.ts'
import { ecs } from './ecs.ts'
import type { Format } from './format.ts'
import { otel } from './otel.ts'
import { raw } from './raw.ts'

/** Every format by the name people write; the first is the default. */
export const formats = { ecs, otel, raw, classic } as const satisfies {
  readonly [name: string]: Format
}

export type FormatName = keyof typeof formats

export const formatNames = Object.keys(formats) as [FormatName, ...FormatName[]]

export type { Format } from './format.ts'
