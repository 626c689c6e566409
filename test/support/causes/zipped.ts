import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'

/** Half the size of gzip's, since an id that was far above is found again. */
const THOROUGHLY = {
  [constants.ZSTD_c_compressionLevel]: 19,
  [constants.ZSTD_c_windowLog]: 25,
}

export const squeezed = (text: string): Buffer => zstdCompressSync(text, { params: THOROUGHLY })

export const unsqueezed = (bytes: Buffer): string => zstdDecompressSync(bytes).toString('utf8')
