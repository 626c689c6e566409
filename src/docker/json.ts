/**
 * Reading JSON that an engine sent, without trusting its shape: whatever is missing or of another
 * type reads as empty.
 */
export type Json = { readonly [name: string]: unknown }

export function objectOf(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {}
}

export const child = (of: Json, name: string): Json => objectOf(of[name])

export function text(of: Json, name: string): string {
  const value = of[name]
  return typeof value === 'string' ? value : ''
}

export function number(of: Json, name: string): number {
  const value = of[name]
  return typeof value === 'number' && Number.isFinite(value) ? value : 0
}

export const boolean = (of: Json, name: string): boolean => of[name] === true

export function list(of: Json, name: string): readonly unknown[] {
  const value = of[name]
  return Array.isArray(value) ? value : []
}

/** The texts of a list; other elements are left out. */
export const texts = (of: Json, name: string): string[] =>
  list(of, name).filter((value) => typeof value === 'string')

/** The members of an object that are texts. */
export function textMap(of: Json, name: string): { readonly [name: string]: string } {
  const entries = Object.entries(child(of, name)).filter(([, value]) => typeof value === 'string')
  return Object.fromEntries(entries) as { readonly [name: string]: string }
}
