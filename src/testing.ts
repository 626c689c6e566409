// Helpers for the tests of those who embed this library; the subpath `auditor/testing`.
export { createMemoryJournal } from './journal/memory.ts'
export { createMemorySink, type MemorySink } from './sinks/memory.ts'
