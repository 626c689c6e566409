// Helpers for the tests of those who embed this library; the subpath `auditor/testing`.
export { createMemoryJournal } from './journal/memory.ts'
export { createMemorySink, type MemorySink } from './sinks/memory.ts'
export { createEngineCore, type CoreOptions, type EngineCore } from './testing/core.ts'
export type { FakeContainer } from './testing/container.ts'
export type { FakeEvent, SentEvent } from './testing/event.ts'
export { createFakeEngine, type FakeEngine } from './testing/fake-engine.ts'
export type { Fault, Route } from './testing/fault.ts'
export { createScriptedEngine, type ScriptedEngine } from './testing/scripted.ts'
