/** The requests an engine answers. */
export type Route = 'ping' | 'info' | 'version' | 'events' | 'list' | 'inspect' | 'metrics'

/** How a request goes wrong. */
export type Fault =
  /** An HTTP error, with Docker's `{"message"}`. */
  | { readonly kind: 'status'; readonly status: number; readonly message?: string }
  /** Accepted and never answered. */
  | { readonly kind: 'hang' }
  /** Answered as usual, but later. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** An answer that begins and never ends. */
  | { readonly kind: 'endless' }
  /** Bytes of another kind than asked for. */
  | { readonly kind: 'body'; readonly body: string }
  | { readonly kind: 'redirect'; readonly to: string }
  /** The connection is closed instead of an answer. */
  | { readonly kind: 'drop' }
