import { AppError } from '@chaoxi/contract'

const jsonDepthMax = 100

function depthOf(value: unknown, depth = 0): number {
  if (typeof value !== 'object' || value === null || depth > jsonDepthMax) return depth
  return Math.max(depth, ...Object.values(value).map((inner) => depthOf(inner, depth + 1)))
}

/** What the text of a file says; throws `invalid_request`, with the file's name. */
export function jsonIn(text: string, file: string): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new AppError('invalid_request', `${file} is not JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  if (depthOf(value) > jsonDepthMax) throw new AppError('invalid_request', `${file} is nested deeper than ${jsonDepthMax}`)
  return value
}
