import { AuditorError, type ErrorCode } from '../model/errors.ts'
import type { Method, Upkeep } from './caller.ts'

/** What a worker is started with. */
export interface WorkerSetup extends Omit<Upkeep, 'reserve'> {
  readonly role: 'read' | 'write'
  readonly dir: string
}

/** From the main thread. Answers come in any order, by number. */
export type Request = Call | { readonly method: 'close' }

export interface Call {
  readonly number: number
  readonly method: Method
  readonly args: readonly unknown[]
}

/** From the worker: first `ready`, or a refusal of number 0. */
export type Reply =
  | { readonly ready: true }
  | { readonly number: number; readonly result: unknown }
  | { readonly number: number; readonly error: PlainError }

/** An error that has to cross: classes don't. */
export interface PlainError {
  readonly message: string
  readonly code?: ErrorCode
  readonly stack?: string
}

export function plainError(error: Error): PlainError {
  return {
    message: error.message,
    ...(error instanceof AuditorError ? { code: error.code } : {}),
    ...(error.stack === undefined ? {} : { stack: error.stack }),
  }
}

export function revivedError({ message, code, stack }: PlainError): Error {
  const error = code === undefined ? new Error(message) : new AuditorError(code, message)
  if (stack !== undefined) error.stack = stack
  return error
}
