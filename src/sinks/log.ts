import { z } from 'zod'
import { silentLog } from '../model/log.ts'
import { alertSinkOptions } from './alert-options.ts'
import type { SinkKind } from './sink.ts'
import { toldOf } from './webhook/message.ts'

const options = z.strictObject(alertSinkOptions(100))

/** Alerts as lines of the agent's own log: warnings, and what is over as information. */
export const logKind: SinkKind<typeof options> = {
  kind: 'log',
  schemes: ['log'],
  summary: "Alerts as lines of the agent's own log",
  examples: ['log:'],
  options,
  tellsPeople: true,
  fromUri: () => ({}),
  create: (_, name, { log = silentLog } = {}) => ({
    name,
    deliver({ entries }) {
      for (const entry of entries) {
        const { state, title, text } = toldOf(entry)
        const line = `${state === 'resolved' ? 'resolved' : 'ALERT'} ${title}: ${text}`
        if (state === 'resolved') log.info({ alert: entry.id }, line)
        else log.warn({ alert: entry.id }, line)
      }
      return Promise.resolve({ status: 'delivered' })
    },
  }),
}
