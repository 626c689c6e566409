/** Linux's numbers on every common architecture, whatever machine this runs on. */
const NAMES: ReadonlyMap<number, string> = new Map([
  [1, 'SIGHUP'], [2, 'SIGINT'], [3, 'SIGQUIT'], [4, 'SIGILL'], [5, 'SIGTRAP'], [6, 'SIGABRT'],
  [7, 'SIGBUS'], [8, 'SIGFPE'], [9, 'SIGKILL'], [10, 'SIGUSR1'], [11, 'SIGSEGV'], [12, 'SIGUSR2'],
  [13, 'SIGPIPE'], [14, 'SIGALRM'], [15, 'SIGTERM'], [16, 'SIGSTKFLT'], [17, 'SIGCHLD'],
  [18, 'SIGCONT'], [19, 'SIGSTOP'], [20, 'SIGTSTP'], [21, 'SIGTTIN'], [22, 'SIGTTOU'],
  [23, 'SIGURG'], [24, 'SIGXCPU'], [25, 'SIGXFSZ'], [26, 'SIGVTALRM'], [27, 'SIGPROF'],
  [28, 'SIGWINCH'], [29, 'SIGIO'], [30, 'SIGPWR'], [31, 'SIGSYS'],
]) // prettier-ignore

/** `SIGTERM` for 15; `signal 34` for what has no common name. */
export const signalName = (signal: number): string => NAMES.get(signal) ?? `signal ${signal}`

/** `SIGTERM` and `TERM` -> 15. */
export const SIGNALS: ReadonlyMap<string, number> = new Map(
  Array.from(NAMES, ([number, name]) => [
    [name, number] as const,
    [name.slice(3), number] as const,
  ]).flat(),
)

/** The number of a signal as engines write it, `15` or `SIGTERM`; `undefined` for any other text. */
export function signalNumber(text: string): number | undefined {
  return /^\d{1,3}$/.test(text) ? Number(text) : SIGNALS.get(text.toUpperCase())
}
