// `npm run test:soak -- --minutes N [TEXT...]`: all property tests (or those with one of the texts in
// their path) again and again, each round with another seed, until the time is over or one fails.
import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { propertyFiles, runProperties, type Failure, type Result } from './properties/run.ts'

/** Found with a seed of their own, so that another round would find the same. */
const PLANTED = /planted|caught|catches|noticed/

const say = (line = ''): void => void process.stdout.write(`${line}\n`)

const { values, positionals } = parseArgs({
  options: { minutes: { type: 'string', default: '1' } },
  allowPositionals: true,
})
const minutes = Number(values.minutes)
if (!(minutes > 0)) throw new TypeError('--minutes has to be a number above 0')

const files = (await propertyFiles()).filter(
  (file) => positionals.length === 0 || positionals.some((text) => file.includes(text)),
)
if (files.length === 0)
  throw new Error(`no property test has ${positionals.join(' or ')} in its path`)

const begun = performance.now()
const timeIsOver = AbortSignal.timeout(minutes * 60_000)
const seconds = (): number => Math.round((performance.now() - begun) / 1000)
let rounds = 0
let runs = 0
say(`${files.length} files with properties, for ${minutes} min`)
while (!timeIsOver.aborted) {
  const seed = randomInt(2 ** 31)
  const environment = { AUDITOR_PROPERTY_SEED: String(seed) }
  const result = await runProperties({ files, environment, skip: PLANTED, signal: timeIsOver })
  const done = result.tried.reduce((sum, tried) => sum + tried.runs, 0)
  runs += done
  if (result.failures.length > 0) {
    tell(result, seed)
    process.exitCode = 1
    break
  }
  const cut = timeIsOver.aborted ? ', cut short: the time is over' : ''
  say(`round ${rounds + 1}: seed ${seed}, ${done} runs, after ${seconds()} s${cut}`)
  if (cut === '') rounds++
}
const end = process.exitCode === 1 ? 'FAILED' : 'no failure'
say(`\n${end}: ${rounds} whole rounds, ${runs} runs of properties in ${seconds()} s`)

function tell({ failures, tried }: Result, seed: number): void {
  for (const { file, test, message } of failures) {
    say(`\n${file}: ${test}\n${message.replaceAll(/^/gm, '  ')}`)
    say(`\nTo repeat it:\n  ${repeating({ file, test, message }, tried, seed)}`)
  }
}

/**
 * A property is repeated by its path, another test by the seed alone. Of a list of commands only the
 * run is found again by the path, and made small again.
 */
function repeating({ file, test, message }: Failure, tried: Result['tried'], seed: number): string {
  const found = tried.find(
    (each) => each.file === file && each.path !== null && each.test.endsWith(test),
  )
  const short = message.includes('replayPath=') ? found?.path?.split(':')[0] : found?.path
  const path = short === undefined ? '' : ` AUDITOR_PROPERTY_PATH=${short}`
  const name = test.replaceAll(/[^\w ]/g, '.')
  return `AUDITOR_PROPERTY_SEED=${seed}${path} npx node --test --test-name-pattern='${name}' ${file}`
}
