// Values that are hard on a codec.
import { createHash } from 'node:crypto'

// Every byte once.
export const allBytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i))

// Bytes that nobody can compress, always the same.
export function incompressible(length) {
  const parts = []
  for (let i = 0; i * 32 < length; i++) {
    parts.push(createHash('sha256').update(String(i)).digest())
  }
  return Buffer.concat(parts).subarray(0, length)
}
