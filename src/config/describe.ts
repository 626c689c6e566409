import { z, type ZodType } from 'zod'
import { isSecretName } from './mask.ts'
import { find, type Tree } from './tree.ts'

/*
 * What the schema says of its settings: read by the environment (which variables there are), by
 * errors (which keys), by `config print` (defaults, secrets) and by the docs.
 */

/** One setting that is no mapping itself. */
export interface SettingLeaf {
  readonly path: readonly string[]
  readonly description: string
  /** As people write it; `undefined` where there is none. */
  readonly default: unknown
  readonly secret: boolean
}

/** Without what says "optional", "default", "transformed". */
function unwrap(schema: ZodType): ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable)
    return unwrap(schema.unwrap() as ZodType)
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return unwrap(schema.unwrap() as ZodType)
  if (schema instanceof z.ZodPipe) {
    // Of a transformation the input matters, of a preprocessing what comes after it.
    const input = schema.def.in as ZodType
    return unwrap(input instanceof z.ZodTransform ? (schema.def.out as ZodType) : input)
  }
  return schema
}

/** The settings within a mapping, by name; `undefined` for anything else. */
export function childrenOf(schema: ZodType): Readonly<{ [key: string]: ZodType }> | undefined {
  const inner = unwrap(schema)
  return inner instanceof z.ZodObject ? inner.shape : undefined
}

/** The schema of `key` within a mapping, fixed or free. */
export function childOf(schema: ZodType, key: string): ZodType | undefined {
  const inner = unwrap(schema)
  if (inner instanceof z.ZodRecord) return inner.valueType as ZodType
  if (inner instanceof z.ZodArray) return inner.element as ZodType
  const children = childrenOf(inner)
  return children !== undefined && Object.hasOwn(children, key) ? children[key] : undefined
}

/** Of several alternatives the one that `type` in the tree names; any other schema as it is. */
export function chosen(schema: ZodType, tree: Tree | undefined): ZodType {
  const inner = unwrap(schema)
  if (!(inner instanceof z.ZodDiscriminatedUnion)) return schema
  const type = find(tree, ['type'])
  const options = inner.options as readonly ZodType[]
  const option = options.find((option) => {
    const literal = childOf(option, 'type')
    return type?.is === 'leaf' && literal?.safeParse(type.value).success === true
  })
  return option ?? schema
}

/** Whether the schema is that of a secret. */
export function isSecret(schema: ZodType): boolean {
  return unwrap(schema).meta()?.['writeOnly'] === true
}

/** Whether what is set here must never be shown: it is a secret, has secrets, or is called so. */
function isHidden(schema: ZodType, name: string): boolean {
  const inner = unwrap(schema)
  if (inner instanceof z.ZodRecord) return isHidden(inner.valueType as ZodType, name)
  return isSecret(inner) || (isSecretName(name) && inner instanceof z.ZodString)
}

/** Every setting under `schema` but those of free mappings, in the order of the schema. */
export function leavesOf(schema: ZodType, path: readonly string[] = []): readonly SettingLeaf[] {
  const children = childrenOf(schema)
  if (children === undefined) {
    return [
      {
        path,
        description: schema.description ?? '',
        default: defaultOf(schema),
        secret: isHidden(schema, path.at(-1) ?? ''),
      },
    ]
  }
  return Object.entries(children).flatMap(([key, child]) => leavesOf(child, [...path, key]))
}

function defaultOf(schema: ZodType): unknown {
  if (schema instanceof z.ZodPrefault || schema instanceof z.ZodDefault)
    return schema.def.defaultValue
  return schema instanceof z.ZodOptional ? defaultOf(schema.unwrap() as ZodType) : undefined
}
