import { ecsFields } from './ecs-fields.ts'
import { ecsSourceOf } from './ecs-source.ts'
import { compileFields } from './compile-fields.ts'
import type { Format } from './format.ts'

const write = compileFields(ecsFields)

/** An Elastic Common Schema document: the fields of `ecsFields` that the entry has a value for. */
export const ecs: Format = (entry) => write(ecsSourceOf(entry))
