/** Something costly that is made at its first use, and again at the next use after it failed or was closed. */
export interface Lazy<T> {
  get(): Promise<T>
  close(): Promise<void>
}

export function lazy<T extends { close(): Promise<void> }>(make: () => Promise<T>): Lazy<T> {
  let made: Promise<T> | undefined
  return {
    get() {
      made ??= make().catch((error: unknown) => {
        made = undefined
        throw error
      })
      return made
    },
    async close() {
      const open = made
      made = undefined
      // What could not be made was told by `get`, and has nothing to close.
      const thing = await open?.catch(() => undefined)
      await thing?.close()
    },
  }
}
