/** An image as the user typed it, taken apart. */
export interface ImageName {
  /** `registry:5000/shop/api`; a bare digest stays as it is. */
  readonly name: string
  readonly tag?: string
  /** `sha256:...`, where the name was pinned by digest. */
  readonly digest?: string
}

/** `shop/api:1.4.2` -> `shop/api` and `1.4.2`. A registry's port is not a tag. */
export function splitImage(image: string): ImageName {
  const at = image.indexOf('@')
  const digest = at < 0 ? undefined : image.slice(at + 1)
  const reference = at < 0 ? image : image.slice(0, at)
  const pinned = digest === undefined ? {} : { digest }
  const colon = reference.lastIndexOf(':')
  if (colon < 0 || reference.includes('/', colon) || reference.startsWith('sha256:')) {
    return { name: reference, ...pinned }
  }
  return { name: reference.slice(0, colon), tag: reference.slice(colon + 1), ...pinned }
}
