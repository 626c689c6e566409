import { cases } from './cases.ts'
import type { Options } from './support/case.ts'

// One case in a process of its own: named by the first argument, options as JSON in the second. Its rows
// go to the parent as a message.
const [name = '', options = '{}'] = process.argv.slice(2)
const benchmark = await cases[name]?.()
console.error(`${name}: ${benchmark?.summary}`)
process.send?.(await benchmark?.run(JSON.parse(options) as Options))
process.disconnect?.()
