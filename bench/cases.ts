import type { Case } from './support/case.ts'

/** All benchmarks, in the order of the table; each is loaded by the process that runs it. */
export const cases: { readonly [name: string]: () => Promise<Case> } = {
  decode: async () => (await import('./decode.ts')).decode,
  append: async () => (await import('./append.ts')).append,
  pipeline: async () => (await import('./pipeline.ts')).pipeline,
  burst: async () => (await import('./burst.ts')).burst,
  drain: async () => (await import('./drain.ts')).drain,
  'drain-elasticsearch': async () => (await import('./drain-elasticsearch.ts')).drainElasticsearch,
  'drain-beats': async () => (await import('./drain-beats.ts')).drainBeats,
  memory: async () => (await import('./memory.ts')).memory,
  proof: async () => (await import('./proof.ts')).proof,
  recovery: async () => (await import('./recovery.ts')).recovery,
  idle: async () => (await import('./idle.ts')).idle,
  replay: async () => (await import('./replay.ts')).replay,
  questions: async () => (await import('./questions.ts')).questions,
  latency: async () => (await import('./latency.ts')).latency,
}
