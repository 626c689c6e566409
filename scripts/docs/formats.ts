import { ecsFields, type EcsField } from '../../src/sinks/formats/ecs-fields.ts'
import {
  otelAttributes,
  otelResource,
  type OtelAttribute,
} from '../../src/sinks/formats/otel-attributes.ts'
import { pageOf, row, table, type Page } from './page.ts'

/** docs/formats.md: its tables come from the declarations that write the documents. */
export const formatsPage = (): Promise<Page> =>
  pageOf('formats.md', {
    ecs: table(['field', 'type', 'meaning'], ecsFields.map(fieldRow)),
    'otel-resource': table(['attribute', 'type', 'meaning'], otelResource.map(attributeRow)),
    'otel-attributes': table(['attribute', 'type', 'meaning'], otelAttributes.map(attributeRow)),
  })

const fieldRow = ({ field, type, description }: EcsField): string => row(field, type, description)

const attributeRow = ({ attribute, type, description }: OtelAttribute): string =>
  type === 'map'
    ? row(`${attribute}.<key>`, 'string', description)
    : row(attribute, type, description)
