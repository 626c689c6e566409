import { registerHooks } from 'node:module'

/**
 * What dockerode and zod load at once and no call of Auditor's needs: BuildKit's gRPC, an ssh client,
 * messages in 50 languages.
 */
const unneeded =
  /\/node_modules\/(?:@grpc\/(?:grpc-js|proto-loader)\/|ssh2\/|zod\/v4\/locales\/index\.js$)/

/**
 * What is loaded meanwhile, gets these as empty modules: 5 MiB less. For a process that is Auditor's
 * own; that of an embedder may build images.
 */
export async function leanLoad<T>(load: () => Promise<T>): Promise<T> {
  const hooks = registerHooks({
    load: (url, context, next) =>
      unneeded.test(url)
        ? { format: context.format, source: '', shortCircuit: true }
        : next(url, context),
  })
  try {
    return await load()
  } finally {
    hooks.deregister()
  }
}
