import { append } from './append.ts'
import { burst } from './burst.ts'
import { decode } from './decode.ts'
import { drainElasticsearch } from './drain-elasticsearch.ts'
import { drain } from './drain.ts'
import { idle } from './idle.ts'
import { latency } from './latency.ts'
import { memory } from './memory.ts'
import type { Case } from './support/case.ts'

/** All benchmarks, in the order of the table. */
export const cases: { readonly [name: string]: Case } = {
  decode,
  append,
  burst,
  drain,
  'drain-elasticsearch': drainElasticsearch,
  memory,
  idle,
  latency,
}
