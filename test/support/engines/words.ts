import type { DockerEvent } from '../../../src/model/docker-event.ts'

/** The engines whose orders differ; measured, see `expected`. */
export type Family = 'docker-20' | 'docker-23' | 'podman'

/**
 * What an engine told of one container in short, without the execs: `create`, `kill(15)`, `die(3)`.
 * Networks and volumes are left out: neighbours of another type may change places.
 */
export function wordsOf(events: readonly DockerEvent[], id: string): string {
  return events
    .filter(
      ({ type, actorId, action }) =>
        type === 'container' && actorId === id && !action.startsWith('exec'),
    )
    .map(({ action, attributes: { exitCode, signal } }) => {
      const detail = exitCode ?? signal
      return detail === undefined ? action : `${action}(${detail})`
    })
    .join(' ')
}

/** What is done to a container. */
export type Deed = 'end' | 'stop' | 'kill' | 'restart' | 'pause' | 'rename' | 'remove'

/** What an engine tells of it; where its own order changes, all that were seen. */
export const expected: { readonly [D in Deed]: { readonly [F in Family]: RegExp } } = {
  end: {
    'docker-20': /^create start die\(3\)$/,
    'docker-23': /^create start die\(3\)$/,
    podman: /^create init start die\(3\) cleanup$/,
  },
  stop: {
    'docker-20': /^kill\(15\) die\(0\) stop$/,
    'docker-23': /^kill\(15\) (stop die\(0\)|die\(0\) stop)$/,
    podman: /^(stop )?die\(0\)( stop)?( cleanup)*$/,
  },
  kill: {
    'docker-20': /^kill\(9\) die\(137\)$/,
    'docker-23': /^kill\(9\) die\(137\)$/,
    podman: /^kill die\(137\)( cleanup)*$/,
  },
  restart: {
    'docker-20': /^kill\(15\) die\(0\) stop start restart$/,
    'docker-23': /^kill\(15\) (stop die\(0\)|die\(0\) stop) start restart$/,
    podman: /^restart (stop )?die\(0\)( cleanup)* init start( cleanup)*$/,
  },
  pause: {
    'docker-20': /^pause unpause$/,
    'docker-23': /^pause unpause$/,
    podman: /^pause unpause$/,
  },
  rename: { 'docker-20': /^rename$/, 'docker-23': /^rename$/, podman: /^rename$/ },
  remove: {
    'docker-20': /^kill\(9\) die\(137\) destroy$/,
    'docker-23': /^kill\(9\) die\(137\) destroy$/,
    podman: /^(stop )?die\(\d+\)( stop)?( cleanup)* remove$/,
  },
}
