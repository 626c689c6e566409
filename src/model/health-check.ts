import type { HealthCheckFacts } from './container-facts.ts'

/** As the engine writes it into the action: the arguments joined by blanks, unquoted. */
export function healthCheckText({ test, shell }: HealthCheckFacts): string | undefined {
  const [form, ...args] = test
  if (form === 'CMD') return args.join(' ').trim()
  if (form === 'CMD-SHELL') return [...shell, ...args].join(' ').trim()
  return undefined
}
