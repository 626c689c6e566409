import type { Metadata } from './metadata.ts'
import type { OfferedPort, ServiceInputs } from './inputs.ts'

/** Where the two old programs differ. What they have in common is in `derive.ts` and `bridge.ts`. */
export interface Dialect {
  /** Actions that end a container's services whatever its exit code is, beside `die`. */
  readonly ending: ReadonlySet<string>
  /** With `-deregister on-success` an end by a signal counts as a success. */
  readonly signalIsSuccess: boolean
  /** Ports before those that the engine says are published, which stand in for them. */
  ports(inputs: ServiceInputs): readonly OfferedPort[]
  /** Whether names get the port behind them. */
  isGroup(all: number, offered: number): boolean
  metadata(inputs: ServiceInputs, port: string): Metadata
  /** @param base the image's name; `undefined` where a container must name its services */
  name(metadata: Metadata, base: string | undefined, suffix: string | undefined): string | undefined
  tags(text: string): readonly string[]
  hostIp(inputs: ServiceInputs, bound: string): string
  exposedIp(inputs: ServiceInputs): string
  /** The address in place of the service's own, where there is one. */
  address(
    inputs: ServiceInputs,
    addressOf: (container: string) => string | undefined,
  ): string | undefined
  readonly origin: { readonly ContainerName?: string }
}
