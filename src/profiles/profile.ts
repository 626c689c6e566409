import { parseTagTemplate } from '../config/tag-template.ts'
import type { ProfileName, ProfileSettings } from '../config/profile-schema.ts'
import { auditor2015 } from './auditor-2015.ts'
import type { BridgeOptions } from './bridge.ts'
import type { Dialect } from './dialect.ts'
import type { Wanted } from './inputs.ts'
import { registrator7 } from './registrator-7.ts'

const dialects: { readonly [name in ProfileName]: Dialect } = {
  'auditor-2015': auditor2015,
  'registrator-7': registrator7,
}

/** A chosen profile with its settings. */
export interface Profile {
  readonly wanted: Wanted
  readonly bridge: Omit<BridgeOptions, 'log'>
  /** Seconds between two looks at everything that runs; 0: none. */
  readonly resync: number
}

/** @param host this machine, as the ids of its services begin */
export function profileOf(
  name: ProfileName,
  settings: ProfileSettings,
  host: BridgeOptions['host'],
): Profile {
  const { ip, internal, explicit, ttl, ttlRefresh, deregister, cleanup, resync } = settings
  const isTemplate = name === 'registrator-7'
  return {
    wanted: {
      useIpFromLabel: settings.useIpFromLabel,
      tags: isTemplate ? parseTagTemplate(settings.tags) : [settings.tags],
    },
    bridge: {
      dialect: dialects[name],
      host,
      ip,
      internal,
      explicit,
      ttl,
      ttlRefresh,
      deregister,
      cleanup,
    },
    resync,
  }
}
