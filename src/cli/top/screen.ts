import { styleText } from 'node:util'
import type { Terminal } from '../streams.ts'
import type { Line, Size } from './frame.ts'

/** The whole of a terminal, which is as it was before once this is disposed of. */
export interface Screen extends Disposable {
  size(): Size
  draw(lines: readonly Line[]): void
}

const ENTER = '\u001b[?1049h\u001b[?25l'
const LEAVE = '\u001b[?25h\u001b[?1049l'

/**
 * Takes a terminal: its other page, without a cursor, keys as they are pressed. Gives it back also where the
 * process ends by an error or by a second signal.
 */
export function takeScreen(
  { stdout, stdin, environment }: Terminal,
  on: { readonly key: (key: string) => void; readonly resize: () => void },
): Screen {
  const colour = (environment['NO_COLOR'] ?? '') === ''
  let isTaken = true
  const key = (text: Buffer | string): void => on.key(String(text))
  const leave = (): void => {
    if (!isTaken) return
    isTaken = false
    process.off('exit', leave)
    stdout.off('resize', on.resize)
    stdin.off('data', key)
    stdin.setRawMode?.(false)
    stdin.pause()
    stdout.write(LEAVE)
  }
  process.once('exit', leave)
  stdin.setRawMode?.(true)
  stdin.on('data', key).resume()
  stdout.on('resize', on.resize)
  stdout.write(ENTER)
  return {
    size: () => ({ columns: orElse(80, stdout.columns), rows: orElse(24, stdout.rows) }),
    draw(lines) {
      const text = lines.map(({ text: line, tone }) =>
        tone === undefined || (!colour && tone !== 'inverse')
          ? line
          : styleText(tone, line, { validateStream: false }),
      )
      // The end of a line is cleared before the next: nothing flickers. Not behind the last column.
      stdout.write(`\u001b[H${text.map((line) => `\u001b[2K${line}`).join('\r\n')}\u001b[J`)
    },
    [Symbol.dispose]: leave,
  }
}

/** A terminal that does not know its size says 0. */
const orElse = (usual: number, said: number | undefined): number =>
  said === undefined || said <= 0 ? usual : said
