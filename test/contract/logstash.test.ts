import { createLogstashSink } from '../../src/sinks/logstash/sink.ts'
import { logstashOptions } from '../../src/sinks/logstash/options.ts'
import { reasonToSkip } from '../support/peers.ts'
import { tcpReceiver, type TcpReceiver } from '../support/tcp-receiver.ts'
import { sinkSuite } from './sink-suite.ts'

interface Document {
  readonly event: { readonly id: string }
}

for (const confirm of ['close', 'quiet'] as const) {
  sinkSuite({
    kind: `logstash, confirmed by ${confirm}`,
    skip: await reasonToSkip(tcpReceiver),
    async make() {
      const rsyslogd = (await tcpReceiver.find()) as { open(): Promise<TcpReceiver> }
      const receiver = await rsyslogd.open()
      await receiver.start()
      const options = logstashOptions.parse({ port: receiver.port, confirm })
      return {
        sink: createLogstashSink(options, 'legacy'),
        async received() {
          const documents = (await receiver.received()) as readonly Document[]
          return documents.map(({ event }) => event.id)
        },
        away: () => receiver.kill(),
        back: () => receiver.start(),
        dispose: async () => receiver[Symbol.asyncDispose](),
      }
    },
  })
}
