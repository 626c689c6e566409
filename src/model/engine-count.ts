/** An engine's own count of its events, at some moment. */
export interface EngineCount {
  /** Since its start. */
  readonly total: number
  /** When that was, in its words: another one is another life, and the count began anew. */
  readonly life: string
}
