import { beatsKind } from './beats/sink.ts'
import { elasticsearchKind } from './elasticsearch/sink.ts'
import { execKind } from './exec/sink.ts'
import { fileKind } from './file/file.ts'
import { httpKind } from './http/sink.ts'
import { logKind } from './log.ts'
import { logstashKind } from './logstash/sink.ts'
import type { SinkKind } from './sink.ts'
import { stdoutKind } from './stdout.ts'
import { webhookKind } from './webhook/sink.ts'

/** Every built-in kind of sink. An embedder passes its own by value; there is no registry. */
export const sinkKinds: readonly SinkKind[] = [
  elasticsearchKind,
  logstashKind,
  beatsKind,
  httpKind,
  fileKind,
  stdoutKind,
  webhookKind,
  execKind,
  logKind,
]
