/** Containers with this label are not recorded, unless its value says no. */
export const IGNORE_LABEL = 'auditor.ignore'

/** With `explicit`, only containers with this label are recorded. */
export const ENABLE_LABEL = 'auditor.enable'

const NO = new Set(['false', '0', 'no', 'off'])

/** A label is set when it is there and does not say no: `--label auditor.ignore` alone is a yes. */
export function isSet(labels: Readonly<Record<string, string>>, name: string): boolean {
  if (!Object.hasOwn(labels, name)) return false
  return !NO.has(String(labels[name]).trim().toLowerCase())
}
