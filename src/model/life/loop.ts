/** So many ends that nobody asked for... */
export const LOOP_DEATHS = 5
/** ...within so long, in ns, are a loop; and it is over when there was none for as long. */
export const LOOP_WINDOW = 300_000_000_000n
