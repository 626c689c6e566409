/**
 * How many times as long as in an ordinary run a fault lasts, from the environment's
 * `AUDITOR_FAULT_SCALE`. Default 1.
 */
export function faultScale(): number {
  const scale = Number(process.env['AUDITOR_FAULT_SCALE'] ?? 1)
  if (!(scale > 0)) throw new TypeError('AUDITOR_FAULT_SCALE has to be a number above 0')
  return scale
}
