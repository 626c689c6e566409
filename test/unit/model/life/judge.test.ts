import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { tell, type Telling } from '../../../support/lives/tell.ts'
import { endsOf } from '../../../support/lives/ends.ts'

/** The orders of four engines: 20.10 tells of a stop behind the end, later ones before. */
const table: readonly [story: string, causes: string, telling?: Telling][] = [
  ['create start +5000 die(0)', 'completed'],
  ['create start +5000 die(3)', 'crashed'],
  ['create start +5000 die(139)', 'crashed SIGSEGV'],
  ['create start +5000 die(137)', 'crashed SIGKILL (kill-not-told)'],
  ['create start +5000 die(143)', 'crashed SIGTERM'],
  ['create start +5000 oom die(137)', 'oom SIGKILL'],
  ['create start +5000 oom +60000 die(0)', 'completed (oom-of-a-child)'],
  ['create start +5000 oom +60000 die(137)', 'unknown (oom-long-before)'],
  ['create start +5000 kill(15) +80 die(0) stop', 'stopped SIGTERM'],
  ['create start +5000 kill(15) +80 stop die(0)', 'stopped SIGTERM'],
  ['create start +5000 kill(15) +80 die(1) stop', 'stopped SIGTERM'],
  ['create start +5000 kill(2) +80 die(130) stop', 'stopped SIGINT'],
  ['create start +5000 kill(15) +10000 kill(9) die(137) stop', 'stop-timeout SIGKILL'],
  ['create start +5000 kill(15) +10000 kill(9) stop die(137)', 'stop-timeout SIGKILL'],
  ['create start +5000 kill(9) die(137) +60000 destroy', 'killed SIGKILL'],
  ['create start +5000 kill(15) die(143)', 'killed SIGTERM'],
  ['create start +5000 kill(10) die(138)', 'killed SIGUSR1'],
  ['create start +5000 kill(2) +100 die(130)', 'killed SIGINT'],
  ['create start +5000 kill(1) +2000 die(0)', 'completed'],
  ['create start +5000 pause +2000 kill(9) die(137)', 'killed SIGKILL'],
  ['create start +5000 pause kill(15) unpause die(0) stop', 'stopped SIGTERM'],
  ['create start +5000 kill(15) die(0) stop start restart', 'restarted'],
  ['create start +5000 kill(15) stop die(0) start restart', 'restarted'],
  ['create start +5000 kill(15) +10000 kill(9) stop die(137) start restart', 'restarted'],
  ['create start +5000 die(1) +60000 start restart +60000 die(2)', 'crashed, crashed'],
  [
    'create start +5000 die(1) +60000 start restart +5000 kill(9) die(137)',
    'crashed, killed SIGKILL',
  ],
  ['create start +300 die(17) +100 start +300 die(17) +200 start', 'crashed, crashed'],
  ['create start +300 die(17) +3000 stop', 'crashed (stopped-while-waiting)'],
  ['create start +5000 kill(9) die(137) +100 destroy', 'removed SIGKILL'],
  [
    'create start +5000 kill(9) die(137) +100 destroy',
    'killed SIGKILL',
    { facts: { autoRemove: true } },
  ],
  ['create start +5000 die(0) destroy', 'completed', { facts: { autoRemove: true } }],
  // What labels claim proves nothing.
  ['create start +5000 die(0)', 'unknown (code-shadowed)', { labels: { exitCode: '0' } }],
  [
    'create start +5000 kill(1) +80 die(0) stop',
    'stopped (signal-shadowed)',
    { labels: { signal: '1' } },
  ],
  [
    'create start +5000 kill(1) +80 die(0)',
    'unknown (signal-shadowed)',
    { labels: { signal: '1' } },
  ],
  [
    'create start +5000 die(0)',
    'unknown (code-shadowed)',
    { labels: { exitCode: '0' }, isBare: true },
  ],
  [
    'create start +5000 kill(15) +80 stop die(1)',
    'stopped (signal-shadowed)',
    { labels: { signal: '1' }, isBare: true },
  ],
  // Podman.
  ['create init start +5000 die(0)', 'unknown (podman-tells-little)', { isPodman: true }],
  ['create init start +5000 die(137)', 'unknown (podman-tells-little)', { isPodman: true }],
  ['create init start +5000 kill die(137)', 'killed (signal-not-told)', { isPodman: true }],
  ['create init start +5000 restart +100 die(0) init start', 'restarted', { isPodman: true }],
  ['create init start +5000 stop die(0)', 'stopped', { isPodman: true }],
  [
    'create init start +500 die(1) restart init start',
    'crashed',
    { isPodman: true, facts: { restartPolicy: { name: 'always', maximumRetryCount: 0 } } },
  ],
  [
    'create init start +500 die(1) restart init start',
    'unknown (podman-tells-little)',
    { isPodman: true },
  ],
  // What may be missing is not guessed.
  ['create start gap(4000) +1000 die(0)', 'unknown (trail-incomplete)'],
  ['create start gap(4000) +900000 die(0)', 'completed'],
  ['create start +5000 kill(15) die(0) gap(100)', 'unknown (trail-incomplete)'],
  ['create start +5000 kill(15) gap(100) die(137) stop', 'unknown (trail-incomplete)'],
  ['kill(15) die(0) stop', 'stopped SIGTERM'],
  ['exec_start +1000 die(0)', 'unknown (began-before-the-trail)'],
  // The engine's own end.
  // Of one container nobody can tell: `docker stop` and then the engine's end look the same.
  [
    'create start +50000 kill(15) die(0) stop lost +5000 back gap!(4000)',
    'unknown (stopped-or-daemon)',
  ],
  ['create start +50000 kill(15) die(0) stop lost +5000 back', 'stopped SIGTERM'],
  ['create start +50000 kill(15) die(0) stop lost', 'unknown (stopped-or-daemon)'],
  [
    'create start +50000 kill(15) die(0) stop lost +5000 back gap(4000)',
    'unknown (stopped-or-daemon)',
  ],
  ['create start +50000 lost +5000 back gap!(4000) kill(15) die(0) stop', 'daemon'],
  ['create start +50000 kill(15) die(0) stop +20000 lost +5000 back gap!(4000)', 'stopped SIGTERM'],
  // Not seen.
  ['create start +5000 destroy', 'unknown'],
  ['create start +5000 start +5000 die(2)', 'unknown, crashed'],
  ['create start +5000 die(2) die(2)', 'crashed'],
  ['create destroy', ''],
]

suite('causes', () => {
  for (const [story, causes, telling = {}] of table) {
    const about = Object.keys(telling).length === 0 ? '' : ` ${JSON.stringify(telling)}`
    test(`${story}${about}: ${causes || 'no run'}`, () => {
      assert.equal(endsOf(tell(story, telling)).join(', '), causes)
    })
  }
})
