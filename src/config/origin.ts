/** Where a value came from. */
export type Origin =
  | { readonly from: 'default' }
  | { readonly from: 'file'; readonly file: string; readonly line: number; readonly column: number }
  | { readonly from: 'environment'; readonly variable: string }
  | { readonly from: 'flag'; readonly flag: string }
  /** Already masked. */
  | { readonly from: 'uri'; readonly uri: string }

/** For errors: `auditor.yaml:9:5`, `AUDITOR_DATA`, `--data`. */
export function placeOf(origin: Origin): string {
  return origin.from === 'file'
    ? `${origin.file}:${origin.line}:${origin.column}`
    : originText(origin)
}

/** For `config print`: `auditor.yaml:9`, `AUDITOR_DATA`, `--data`, `default`. */
export function originText(origin: Origin): string {
  switch (origin.from) {
    case 'default':
      return 'default'
    case 'file':
      return `${origin.file}:${origin.line}`
    case 'environment':
      return origin.variable
    case 'flag':
      return origin.flag
    case 'uri':
      return origin.uri
  }
}
