import type { Page } from '../../../src/journal/journal.ts'
import type { Delivery } from '../../../src/model/delivery.ts'
import { createShipper, type ShipperParts } from '../../../src/sinks/shipper.ts'
import type { MakeShipper } from '../shipper-run.ts'

/** What is read is kept in order, so that a bug may settle too much of it. */
function withReader(
  change: (parts: ShipperParts, read: Page[]) => Partial<ShipperParts['reader']>,
): MakeShipper {
  return (parts) => {
    const read: Page[] = []
    const watched: ShipperParts['reader'] = {
      async read(limit, after) {
        const page = await parts.reader.read(limit, after)
        if (page !== undefined && limit.entries > 1) read.push(page)
        return page
      },
      async commit(page, refused) {
        const done = await parts.reader.commit(page, refused)
        read.splice(0, read.findIndex(({ entries }) => entries[0] === page.entries[0]) + 1)
        return done
      },
    }
    const own = { ...parts, reader: watched }
    return createShipper({ ...own, reader: { ...watched, ...change(own, read) } })
  }
}

function withDelivery(
  change: (deliver: ShipperParts['sink']['deliver']) => ShipperParts['sink']['deliver'],
): MakeShipper {
  return (parts) => {
    const { sink } = parts
    const deliver = change((batch, signal) => sink.deliver(batch, signal))
    return createShipper({ ...parts, sink: { ...sink, deliver } })
  }
}

/** Bugs of a shipper with several batches in flight. */
export const windowPlants: { readonly [bug: string]: MakeShipper } = {
  'the cursor moves past a batch that is not confirmed': withReader(({ reader }, read) => ({
    async read(limit, after) {
      const first = read[0]
      if (after !== undefined && first !== undefined) await reader.commit(first).catch(() => false)
      return reader.read(limit, after)
    },
  })),
  'a refusal is lost while other batches are under way': withReader(({ reader }, read) => ({
    commit: (page, refused) => reader.commit(page, read.length > 1 ? [] : refused),
  })),
  'a confirmed batch takes those before it with it': (parts) => {
    let confirmed: Delivery | undefined
    return withDelivery((deliver) => async (batch, signal) => {
      const delivery = await deliver(batch, signal)
      if (delivery.status === 'delivered') confirmed = delivery
      return delivery.status === 'retry' ? (confirmed ?? delivery) : delivery
    })(parts)
  },
  'batches under way get the answer of the first that is answered': (parts) => {
    let open: PromiseWithResolvers<Delivery> | undefined
    return withDelivery((deliver) => async (batch, signal) => {
      open ??= Promise.withResolvers<Delivery>()
      const { promise, resolve } = open
      deliver(batch, signal).then(resolve, () => undefined)
      return promise.finally(() => (open = undefined))
    })(parts)
  },
  'one more batch is in flight than may be': (parts) => {
    const { settings } = parts
    return createShipper({
      ...parts,
      settings: { ...settings, inFlight: (settings.inFlight ?? 1) + 1 },
    })
  },
  'pages are read ahead that may not begin': withReader(({ reader }, read) => ({
    async read(limit, after) {
      const page = await reader.read(limit, after)
      const behind = read.at(-1)?.entries.at(-1)
      if (behind !== undefined) await reader.read(limit, behind.seq)
      return page
    },
  })),
  'a sink that is away gets whole batches': (parts) =>
    createShipper({ ...parts, sink: { ...parts.sink, undecided: true } }),
  'a drain does not wait for what is under way': (parts) => ({
    ...createShipper(parts),
    drain: () => Promise.resolve(),
  }),
}
