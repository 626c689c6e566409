import type { Delivery } from '../../model/delivery.ts'

/** A refusal says how much was sent: dead letters show it. */
export function withSize(delivery: Delivery, bytes: number): Delivery {
  if (delivery.status !== 'refused') return delivery
  const cause = new Error(`${delivery.cause.message} (${bytes} bytes were sent)`)
  return { status: 'refused', cause }
}
