/** What ECS calls an engine's action: its category, its type, and the words of the message. */
export interface EventClass {
  readonly category: 'api' | 'configuration' | 'file' | 'network' | 'package' | 'process'
  readonly type:
    | 'access'
    | 'change'
    | 'connection'
    | 'creation'
    | 'deletion'
    | 'end'
    | 'info'
    | 'installation'
    | 'start'
  /** Past tense, after the subject: `container web ... started`. */
  readonly words: string
}

const as = (
  category: EventClass['category'],
  type: EventClass['type'],
  words: string,
): EventClass => ({ category, type, words })

const UNKNOWN: EventClass = as('api', 'info', '')

const swarmObject = {
  create: as('api', 'creation', 'was created'),
  update: as('api', 'change', 'was updated'),
  remove: as('api', 'deletion', 'was removed'),
}
const secretOrConfig = {
  create: as('configuration', 'creation', 'was created'),
  update: as('configuration', 'change', 'was updated'),
  remove: as('configuration', 'deletion', 'was removed'),
}

/**
 * Every event moby sends (API up to 1.56) and Podman's other names, by type and action. ECS allows
 * a category only some types: life and death of a process are `process`, objects that come and go
 * are `api`, which has `creation` and `deletion`.
 */
export const classes: { readonly [type: string]: { readonly [action: string]: EventClass } } = {
  container: {
    create: as('api', 'creation', 'was created'),
    start: as('process', 'start', 'started'),
    restart: as('process', 'change', 'was restarted'),
    stop: as('process', 'change', 'was stopped'),
    kill: as('process', 'change', 'was sent a signal'),
    die: as('process', 'end', 'died'),
    died: as('process', 'end', 'died'),
    oom: as('process', 'info', 'ran out of memory'),
    pause: as('process', 'change', 'was paused'),
    unpause: as('process', 'change', 'was resumed'),
    destroy: as('api', 'deletion', 'was removed'),
    remove: as('api', 'deletion', 'was removed'),
    rename: as('api', 'change', 'was renamed'),
    update: as('configuration', 'change', 'was updated'),
    attach: as('process', 'access', 'was attached to'),
    detach: as('process', 'access', 'was detached from'),
    resize: as('process', 'info', 'had its terminal resized'),
    commit: as('package', 'installation', 'was committed to an image'),
    copy: as('file', 'access', 'had files copied'),
    'archive-path': as('file', 'access', 'had files copied out'),
    'extract-to-dir': as('file', 'change', 'had files copied in'),
    export: as('file', 'access', 'was exported'),
    top: as('process', 'access', 'had its processes listed'),
    checkpoint: as('process', 'change', 'was checkpointed'),
    exec_create: as('process', 'info', 'was given a command'),
    exec_start: as('process', 'start', 'began to run a command'),
    exec_detach: as('process', 'info', 'had a command detached from'),
    exec_die: as('process', 'end', 'finished a command'),
    health_status: as('process', 'info', 'changed its health'),
    prune: as('api', 'deletion', 'were pruned'),
  },
  image: {
    pull: as('package', 'installation', 'was pulled'),
    push: as('package', 'access', 'was pushed'),
    tag: as('package', 'change', 'was tagged'),
    untag: as('package', 'change', 'was untagged'),
    delete: as('package', 'deletion', 'was deleted'),
    import: as('package', 'installation', 'was imported'),
    load: as('package', 'installation', 'was loaded'),
    save: as('package', 'access', 'was saved'),
    create: as('package', 'installation', 'was built'),
    prune: as('package', 'deletion', 'were pruned'),
  },
  volume: {
    create: as('api', 'creation', 'was created'),
    destroy: as('api', 'deletion', 'was removed'),
    mount: as('file', 'access', 'was mounted'),
    unmount: as('file', 'access', 'was unmounted'),
    prune: as('api', 'deletion', 'were pruned'),
  },
  network: {
    create: as('api', 'creation', 'was created'),
    update: as('api', 'change', 'was updated'),
    remove: as('api', 'deletion', 'was removed'),
    destroy: as('api', 'deletion', 'was removed'),
    connect: as('network', 'connection', 'was connected to a container'),
    disconnect: as('network', 'end', 'was disconnected from a container'),
    prune: as('api', 'deletion', 'were pruned'),
  },
  daemon: { reload: as('configuration', 'change', 'reloaded its configuration') },
  plugin: {
    pull: as('package', 'installation', 'was pulled'),
    create: as('package', 'installation', 'was created'),
    enable: as('package', 'change', 'was enabled'),
    disable: as('package', 'change', 'was disabled'),
    remove: as('package', 'deletion', 'was removed'),
  },
  node: swarmObject,
  service: swarmObject,
  secret: secretOrConfig,
  config: secretOrConfig,
  builder: { prune: as('api', 'deletion', 'cache was pruned') },
}

/** @param action without its detail; see `actionName` */
export function classOf(type: string, action: string): EventClass {
  const ofType = Object.hasOwn(classes, type) ? classes[type] : undefined
  return (
    (ofType !== undefined && Object.hasOwn(ofType, action) ? ofType[action] : undefined) ?? UNKNOWN
  )
}
